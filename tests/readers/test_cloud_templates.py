from __future__ import annotations

import textwrap

import pytest

from tests.readers.sockets import map_of

Edge = tuple[str, str, str, str]

HANDLER = """
    import json, os, boto3

    def handler(event, context):
        for record in event["Records"]:
            boto3.client("sqs").send_message(QueueUrl=os.environ["QUEUE_URL"], MessageBody=record["body"])
    """


def edges(files: dict[str, str]) -> set[Edge]:
    """The edges of a tree: root of the job, direction, kind of endpoint, and its name, or "?" and the variable."""
    found = map_of({path: textwrap.dedent(text) for path, text in files.items()})
    roots = {job.name: job.root for job in found.jobs}
    return {
        (
            roots[link.job],
            link.direction,
            link.endpoint.kind,
            link.endpoint.name or f"?{link.endpoint.variable}",
        )
        for link in found.links
    }


def test_a_function_of_sam_consumes_what_feeds_it_and_produces_what_its_environment_says() -> None:
    template = """
        Transform: AWS::Serverless-2016-10-31
        Parameters:
          Stage: {Type: String, Default: dev}
        Globals:
          Function:
            Environment:
              Variables: {QUEUE_URL: !Ref Billing}
        Resources:
          Orders:
            Type: AWS::SQS::Queue
            Properties: {QueueName: !Sub "orders-${Stage}"}
          Billing:
            Type: AWS::SQS::Queue
          Bill:
            Type: AWS::Serverless::Function
            Properties:
              CodeUri: functions/bill/
              Handler: app.handler
              Events:
                Incoming:
                  Type: SQS
                  Properties: {Queue: !GetAtt Orders.Arn}
                Nightly:
                  Type: Schedule
                  Properties: {Schedule: rate(1 day)}
        """
    files = {"template.yaml": template, "functions/bill/app.py": HANDLER, "functions/bill/requirements.txt": ""}

    assert edges(files) == {
        ("functions/bill", "consumes", "queue", "orders-dev"),
        ("functions/bill", "produces", "queue", "Billing"),
    }


def test_what_other_stacks_export_is_unknown() -> None:
    template = """
        Resources:
          Bill:
            Type: AWS::Lambda::Function
            Properties:
              Code: functions/bill
              Handler: app.handler
              Environment:
                Variables:
                  QUEUE_URL: !ImportValue billing-queue-url
          Source:
            Type: AWS::Lambda::EventSourceMapping
            Properties:
              FunctionName: !Ref Bill
              EventSourceArn: !Sub "arn:aws:kinesis:${AWS::Region}:${AWS::AccountId}:stream/clicks"
        """
    files = {"stack.yml": template, "functions/bill/app.py": HANDLER, "functions/bill/requirements.txt": ""}

    assert edges(files) == {
        ("functions/bill", "consumes", "stream", "clicks"),
        ("functions/bill", "produces", "queue", "?QUEUE_URL"),
    }


def test_functions_of_the_serverless_framework_are_fed_by_their_events() -> None:
    template = """
        service: shop
        custom: {table: orders}
        provider:
          name: aws
          environment: {QUEUE_URL: "https://sqs.eu-west-1.amazonaws.com/1/billing"}
        functions:
          bill:
            handler: src/bill.handler
            events:
              - sqs: arn:aws:sqs:eu-west-1:1:orders
              - sns: {topicName: "${self:custom.table}-changed"}
          clean:
            handler: src/clean.handler
            events:
              - stream: {type: kinesis, arn: !GetAtt Clicks.Arn}
              - schedule: rate(1 hour)
        resources:
          Resources:
            Clicks: {Type: AWS::Kinesis::Stream}
        """
    files = {"serverless.yml": template, "src/bill.py": HANDLER, "src/clean.py": "def handler(event, context): ...\n"}

    assert edges(files) == {
        ("src/bill.py", "consumes", "queue", "orders"),
        ("src/bill.py", "consumes", "topic", "orders-changed"),
        ("src/bill.py", "produces", "queue", "billing"),
        ("src/clean.py", "consumes", "stream", "Clicks"),
    }


def test_functions_of_terraform_are_fed_by_mappings_and_triggers() -> None:
    terraform = """
        resource "aws_sqs_queue" "orders" {
          name = "shop-orders"
        }
        resource "aws_sqs_queue" "billing" {
          name = "shop-billing"
        }
        resource "aws_lambda_function" "bill" {
          function_name = "bill"
          handler       = "app.handler"
          filename      = "functions/bill.zip"
          environment {
            variables = {
              QUEUE_URL = aws_sqs_queue.billing.url
            }
          }
        }
        resource "aws_lambda_event_source_mapping" "bill" {
          event_source_arn = aws_sqs_queue.orders.arn
          function_name    = aws_lambda_function.bill.arn
        }
        resource "google_pubsub_topic" "clicks" {
          name = "clicks"
        }
        resource "google_cloudfunctions_function" "clean" {
          name = "clean"
          event_trigger {
            event_type = "google.pubsub.topic.publish"
            resource   = google_pubsub_topic.clicks.id
          }
        }
        """
    files = {
        "infra/main.tf": terraform,
        "functions/bill/app.py": HANDLER,
        "functions/bill/requirements.txt": "",
        "functions/clean/main.py": "def clean(event, context): ...\n",
        "functions/clean/requirements.txt": "",
    }

    assert edges(files) == {
        ("functions/bill", "consumes", "queue", "shop-orders"),
        ("functions/bill", "produces", "queue", "shop-billing"),
        ("functions/clean", "consumes", "topic", "clicks"),
    }


def test_a_function_that_a_script_deploys_is_fed_by_its_topic() -> None:
    script = """
        TOPIC=clicks
        gcloud functions deploy clean-clicks --runtime python311 --source ./functions/clean \\
          --entry-point clean --trigger-topic clicks --set-env-vars TABLE=shop.clicks,MODE=fast
        """
    code = """
        import os
        from google.cloud import bigquery

        def clean(event, context):
            bigquery.Client().insert_rows_json(os.environ["TABLE"], [{}])
        """
    files = {"deploy.sh": script, "functions/clean/main.py": code, "functions/clean/requirements.txt": ""}

    assert edges(files) == {
        ("functions/clean", "consumes", "topic", "clicks"),
        ("functions/clean", "produces", "table", "shop.clicks"),
    }


def test_a_function_that_transforms_what_firehose_delivers_reads_a_stream() -> None:
    code = """
        import base64

        def handler(event, context):
            return {"records": [{"recordId": one["recordId"], "data": one["data"]} for one in event["records"]]}
        """

    assert edges({"functions/clean/main.py": code, "functions/clean/requirements.txt": ""}) == {
        ("functions/clean", "consumes", "stream", "?handler")
    }


@pytest.mark.parametrize(
    ("event", "read"),
    [
        ("{Type: SQS, Properties: {Queue: !GetAtt Orders.Arn}}", ("queue", "Orders")),
        (
            '{Type: SQS, Properties: {Queue: !Sub "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:${AWS::StackName}-in"}}',
            ("queue", "?Bill.In event"),
        ),
        ('{Type: S3, Properties: {Bucket: !Sub "data-${AWS::AccountId}"}}', ("file", "?Bill.In event")),
    ],
)
def test_a_name_that_the_cloud_fills_in_is_not_made_up(event: str, read: tuple[str, str]) -> None:
    template = f"""
        Resources:
          Orders:
            Type: AWS::SQS::Queue
            Properties: {{QueueName: !Sub "${{AWS::StackName}}-orders"}}
          Bill:
            Type: AWS::Serverless::Function
            Properties:
              CodeUri: functions/bill/
              Handler: app.handler
              Environment:
                Variables: {{QUEUE_URL: !Sub "https://sqs.${{AWS::Region}}.amazonaws.com/${{AWS::AccountId}}/${{AWS::StackName}}-out"}}
              Events:
                In: {event}
        """

    assert edges({"template.yaml": template, "functions/bill/app.py": HANDLER}) == {
        ("functions/bill", "consumes", *read),
        ("functions/bill", "produces", "queue", "?QUEUE_URL"),
    }


def test_an_address_is_known_by_its_name_whatever_account_and_region_it_is_in() -> None:
    template = """
        Resources:
          Bill:
            Type: AWS::Serverless::Function
            Properties:
              CodeUri: functions/bill/
              Handler: app.handler
              Environment:
                Variables:
                  QUEUE_URL: !Sub "https://sqs.${AWS::Region}.amazonaws.com/${AWS::AccountId}/bills"
              Events:
                Other: {Type: SQS, Properties: {Queue: !Sub "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:orders"}}
        """

    assert edges({"template.yaml": template, "functions/bill/app.py": HANDLER}) == {
        ("functions/bill", "consumes", "queue", "orders"),
        ("functions/bill", "produces", "queue", "bills"),
    }


def test_names_that_are_made_of_each_other_many_times_are_unknown_at_once() -> None:
    levels = "".join(f"  a{level}: '{f'${{self:custom.a{level + 1}}}' * 100}'\n" for level in range(8))
    template = (
        f"provider: {{name: aws}}\ncustom:\n{levels}  a8: x\n"
        "functions:\n  bill:\n    handler: bill/app.handler\n    events: [{sqs: {arn: '${self:custom.a0}'}}]\n"
    )

    assert edges({"serverless.yml": template, "bill/app.py": HANDLER}) == {
        ("bill", "consumes", "queue", "?bill.sqs event"),
        ("bill", "produces", "queue", "?QUEUE_URL"),
    }


def test_names_that_lead_back_to_themselves_are_followed_once() -> None:
    template = """
        Resources:
          One:
            Type: AWS::SQS::Queue
            Properties: {QueueName: !Sub "${Two.QueueName}-a"}
          Two:
            Type: AWS::SQS::Queue
            Properties: {QueueName: !Sub "${One.QueueName}-b"}
          Bill:
            Type: AWS::Serverless::Function
            Properties:
              CodeUri: functions/bill/
              Handler: app.handler
              Events:
                In: {Type: SQS, Properties: {Queue: !GetAtt One.Arn}}
        """

    found = edges({"template.yaml": template, "functions/bill/app.py": HANDLER})

    assert ("functions/bill", "consumes", "queue", "One-b-a") in found


def test_an_event_whose_source_is_unknown_stands_beside_one_that_is_known() -> None:
    template = """
        Resources:
          Orders: {Type: AWS::SQS::Queue}
          Bill:
            Type: AWS::Serverless::Function
            Properties:
              CodeUri: functions/bill/
              Handler: app.handler
              Events:
                Own: {Type: SQS, Properties: {Queue: !GetAtt Orders.Arn}}
                Other: {Type: SQS, Properties: {Queue: !ImportValue shop-refunds}}
        """

    found = edges({"template.yaml": template, "functions/bill/app.py": HANDLER})

    assert {edge for edge in found if edge[1] == "consumes"} == {
        ("functions/bill", "consumes", "queue", "Orders"),
        ("functions/bill", "consumes", "queue", "?Bill.Other event"),
    }

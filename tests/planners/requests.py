"""One request or more for every operation, all of which make sense on the shop of `builders`."""

from __future__ import annotations

REQUESTS = (
    "add an optional double `parallax` to order",
    "add a long `weight` with default 7 to order",
    "add a timestamp-millis seen_at to order",
    "add a required string region to order",
    "add an optional double vat to lines in order",
    "rename amount to total_cents in order",
    "rename currency to money in order",
    "rename lines.sku to article in order",
    "rename lines to items in order",
    "remove amount from order",
    "remove retries from order",
    "remove lines from order",
    "change the type of amount in order to long",
    "change the type of amount in order to string",
    "change the type of amount in order to decimal(10,2)",
    "change the type of note in order to bytes",
    "change the type of status in order to string",
    "make amount optional in order",
    "make note optional in order",
    "make retries optional in order",
    "make lines optional in order",
    "make status optional in order",
    "make currency required in order",
    "make note required in order",
    "add symbol REVIEW to status in order",
    "remove symbol SENT from status in order",
    "set the default of retries in order to 3",
    'set the default of currency in order to "EUR"',
    "deprecate amount in order",
    "deprecate retries in order",
)
TOGETHER = (
    "rename amount to total in order; make note optional in order",
    "add an optional double x to order; remove retries from order",
    "rename amount to total in order; rename invoiceTotal to total in invoice",
    "deprecate note in order; add symbol REVIEW to status in order; change the type of price in order to float",
)
FEW = (
    "remove the default of retries in order",
    'change the doc of amount in order to "In dollars."',
    'change the doc of Order to "One order."',
    "move note before amount in order",
    "rename symbol NEW to OPEN in status of order",
    "reorder the symbols of status in order: SENT, NEW, PAID",
    "rename record Order to Purchase",
    "rename record Line in order to Item",
    "rename enum Status to State in order",
    "move Order to namespace shop.sales",
)
"""Changes of which there may be less than three ways that differ in effect."""

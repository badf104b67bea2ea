"""The command line: one small module for each verb, loaded only when it is chosen."""

"""Alerts and reminders: what is wrong is found, put into one message, sent by every channel, and remembered as said.

A night, a run of Dagster or the hour (``zhenxing alerts``) asks ``tell``. Belongs here: all of that, and the reminders of what
is due. Does not belong here: what a night does, and who decides that something is wrong (the stages do).
"""

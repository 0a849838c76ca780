"""What a submission is told: its problems grouped, their causes first, and what changed since the last try.

Plain functions on plain data. Belongs here: what a receipt says. Does not belong here: judging, and the lake.
"""

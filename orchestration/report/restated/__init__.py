"""What readers were told and what of it was changed since: the record of issued bulletins, and notices of restatement.

Belongs here: what others may use of it. Does not belong here: any of the work.
"""

from orchestration.report.restated.issued import Carrier, Changed, carriers, record, restated_since

__all__ = ["Carrier", "Changed", "carriers", "record", "restated_since"]

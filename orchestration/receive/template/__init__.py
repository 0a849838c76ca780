"""The blank workbook of a unit, written from the dataset cards: what a county fills in and sends back.

Belongs here: the look and the input aids of the template, and the register it may start from. Does not belong here:
where things stand (layout), example data (the sample province writes its own workbooks).
"""

from orchestration.receive.template.carry import Carried, CarriedDataset, CarryError, carry
from orchestration.receive.template.limits import LAST_ROW
from orchestration.receive.template.sheets import BLANK_ROWS
from orchestration.receive.template.write import write_template

__all__ = ["BLANK_ROWS", "LAST_ROW", "Carried", "CarriedDataset", "CarryError", "carry", "write_template"]

"""The parts of marking a workbook; ``receipts.marking`` is the way in."""

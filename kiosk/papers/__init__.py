"""What the citizen need not write: the card's code, declarations and receipts as data, PDF, the visit's file."""

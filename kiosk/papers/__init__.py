"""What the citizen need not write: the card's code, declarations and receipts as data, their PDF, the visit's own file."""

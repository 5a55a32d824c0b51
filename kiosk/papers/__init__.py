"""What the citizen need not write: the card's code, declarations as data, their PDF, the visit's own file."""

"""The slip on paper: a Slip → strips of dots → ESC/POS bytes → a printer that may vanish."""

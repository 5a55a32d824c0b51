"""What the office does: its days, tickets, print jobs, calls for help and devices; tables, database, migrations."""

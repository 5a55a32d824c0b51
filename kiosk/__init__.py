"""The lobby kiosk and the small office system around it. See docs/architecture.md for the plan of the house."""

__version__ = "0.1.0"

"""The audit: walks the real screen by touches, measures each row of the accessibility page, names the worst place."""

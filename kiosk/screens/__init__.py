"""The lobby touch screen. visit.py holds the steps of a visit and knows no Kivy; each screen has a .py and a .kv."""

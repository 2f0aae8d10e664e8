"""`/panel/settings`: what can I change?"""

from panel.pages.settings.history import listed, restored
from panel.pages.settings.page import reset, shown

__all__ = ["listed", "reset", "restored", "shown"]

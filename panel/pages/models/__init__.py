"""`/panel/models`: which names work here, what do they cost, where do they go?"""

from panel.pages.models.change import changed as changed
from panel.pages.models.shelf import listed as listed

"""`/panel/requests`: what happened to that call?"""

from panel.pages.requests.export import table as table
from panel.pages.requests.shelf import listed as listed
from panel.pages.requests.single import shown as shown

"""`/panel/credentials`: which dish is empty?"""

from panel.pages.pool.batch import done as done
from panel.pages.pool.bring import new as new
from panel.pages.pool.bring import pasted as pasted
from panel.pages.pool.bring import uploaded as uploaded
from panel.pages.pool.change import deleted as deleted
from panel.pages.pool.change import edited as edited
from panel.pages.pool.shelf import listed as listed
from panel.pages.pool.single import acted as acted
from panel.pages.pool.single import shown as shown

"""`shangquan own-devices`: phones of staff and machines of the house are no visitors, and dropped when read."""

from pipelines.address_lists import own_list_of
from pipelines.commands.address_list import list_app

app = list_app("The operator's own devices, which are counted in no figure.", own_list_of)

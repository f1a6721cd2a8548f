"""`shangquan opt-out`: whoever objects is dropped when the logs are read, member or not, whatever the day."""

from pipelines.address_lists import opt_outs_of
from pipelines.commands.address_list import list_app

app = list_app("Addresses that must not be stored.", opt_outs_of)

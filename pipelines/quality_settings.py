"""[quality] of a district.toml: what the gate takes for a feed that has changed."""

from pydantic import BaseModel, ConfigDict, Field


class QualityConfig(BaseModel):
    """[quality]: when a day's feeds are refused, hour by hour and as a day (`pipelines.drift`).

    A share of lines that are refused or unknown over `unread_share` fails if its odds are over `unread_factor` times
    the usual ones; at half of both it warns. Hours of fewer lines than `least_lines` are not judged. Where a feed has
    no day before, refused lines alone are held against `unread_share`; with the unknown ones, a day that is over it
    warns. `unread_share = 1` never fails.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    unread_share: float = Field(0.2, gt=0, le=1)
    unread_factor: float = Field(5, ge=1)
    least_lines: int = Field(100, ge=1)
    history_days: int = Field(28, ge=0)

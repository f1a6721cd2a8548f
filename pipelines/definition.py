"""[[definitions]] of district.toml: the named, versioned meanings of a visit, own ones and those of other products.

preset = "meraki"                                     is named meraki, and is as the preset says
preset = "meraki", name = "street", gap = "5m"        starts from the preset; another number needs another name
"""

import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pipelines.durations import Duration, spelled
from reports.figure import Limits
from sessionize.presets import PRESETS, preset
from sessionize.rules import HOUR_MS, MINUTE_MS, VisitRules

Name = Annotated[str, Field(pattern=r"^[\w][\w.-]*$")]
Dbm = Annotated[int, Field(ge=-128, le=20)]
BANDS_MS = tuple(minutes * MINUTE_MS for minutes in (5, 15, 30, 60, 120))

_HOLDS = ("hold_joined", "hold_seen", "hold_left", "hold_idle")


class DefinitionConfig(BaseModel):
    """[[definitions]]: a named, versioned meaning of a visit. `gap` sets all four holds at once.

    `enter_dbm`, `stay_dbm`: how strong a sighting must be to open and to hold a visit. `nearest`: of access points that
    hear a device within one second, the loudest counts, and names the place. What follows changes no visit,
    but how it is reported: `min_dwell` makes a visitor (by default `engaged`), shorter than `engaged` is a bounce, from
    `fully_engaged` on it is fully engaged; `bands` are the limits of the dwell bands. `staff`: a device whose day
    here is so long, from first to last and half of it there, makes no visitor.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    version: int = 1
    preset: str | None = None
    scope: Literal["district", "site"] = "district"
    gap: Duration | None = None
    hold_joined: Duration = 4 * HOUR_MS
    hold_seen: Duration = 15 * MINUTE_MS
    hold_left: Duration = 15 * MINUTE_MS
    hold_idle: Duration = 30 * MINUTE_MS
    longest: Duration = 14 * HOUR_MS
    flap: Duration = MINUTE_MS
    enter_dbm: Dbm | None = None
    stay_dbm: Dbm | None = None
    nearest: bool = True
    min_dwell: Duration | None = None
    engaged: Duration = 5 * MINUTE_MS
    fully_engaged: Duration | None = None
    bands: Annotated[tuple[Duration, ...], Field(min_length=1)] = BANDS_MS
    staff: Duration = 8 * HOUR_MS
    memory: Duration | None = None
    tail: Duration = 6 * HOUR_MS
    day_start: datetime.time | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_preset(cls, settings: Any) -> Any:
        return _with_preset(settings) if isinstance(settings, dict) else settings

    @model_validator(mode="after")
    def _is_what_its_name_says(self) -> "DefinitionConfig":
        if self.preset is None:
            if self.name in {one.name for one in PRESETS}:
                raise ValueError(f'{self.name} is a preset: write preset = "{self.name}", or give it another name')
            return self
        base = preset(self.preset)
        pure = DefinitionConfig(name="pure", version=base.version, **_as_written(base.settings()))
        changed = [field for field in type(self).model_fields if getattr(self, field) != getattr(pure, field)]
        if self.name == base.name and (own := [field for field in changed if field not in ("name", "preset")]):
            raise ValueError(f"{', '.join(own)}: no longer {base.full_name}: give the definition a name of its own")
        return self

    @model_validator(mode="after")
    def _rules_hold(self) -> "DefinitionConfig":
        self.rules()
        if self.fully_engaged is not None and self.fully_engaged < self.engaged:
            raise ValueError("fully_engaged must not be under engaged")
        if list(self.bands) != sorted(set(self.bands)) or any(band <= 0 or band % MINUTE_MS for band in self.bands):
            raise ValueError("bands must be whole minutes, ascending")
        return self

    @property
    def min_dwell_ms(self) -> int:
        """From how long on a visit makes a visitor."""
        return self.engaged if self.min_dwell is None else self.min_dwell

    @property
    def band_limits_min(self) -> list[int]:
        """The limits of the dwell bands in minutes; those of engagement are among them where they are whole minutes."""
        limits = {*self.bands, self.engaged, self.fully_engaged or self.engaged}
        return sorted(limit // MINUTE_MS for limit in limits if limit and limit % MINUTE_MS == 0)

    @property
    def limits(self) -> Limits:
        """By which lengths its visits are reported."""
        return Limits(self.min_dwell_ms, tuple(self.band_limits_min), self.engaged, self.fully_engaged or 0)

    def rules(self) -> VisitRules:
        """The numbers as `sessionize` takes them; ValueError where they contradict one another."""
        holds = {f"{hold}_ms": getattr(self, hold) if self.gap is None else self.gap for hold in _HOLDS}
        return VisitRules(
            definition=self.name,
            version=self.version,
            scope=self.scope,
            longest_ms=self.longest,
            flap_ms=self.flap,
            enter_dbm=self.enter_dbm,
            stay_dbm=self.stay_dbm,
            nearest=self.nearest,
            engaged_ms=self.engaged,
            staff_ms=self.staff,
            memory_ms=self.memory,
            tail_ms=self.tail,
            **holds,
        )


def _with_preset(settings: dict[str, Any]) -> dict[str, Any]:
    """`settings` over those of their preset."""
    if "preset" not in settings:
        return settings
    base = preset(str(settings["preset"]))
    return {"name": base.name, "version": base.version, **_as_written(base.settings()), **settings}


def _as_written(numbers: dict[str, int | tuple[int, ...]]) -> dict[str, Any]:
    """The numbers of a preset as district.toml spells them; its gap as four holds, so that one may be replaced."""
    written: dict[str, Any] = {}
    for field, value in numbers.items():
        name = field.removesuffix("_ms")
        if isinstance(value, tuple):
            written[name] = [spelled(band) for band in value]
        elif name == "gap":
            written.update(dict.fromkeys(_HOLDS, spelled(value)))
        else:
            written[name] = value if name == field else spelled(value)
    return written

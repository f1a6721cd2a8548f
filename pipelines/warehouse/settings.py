"""[warehouse] of district.toml: where the visible days lie. A password stands there by name only."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from pipelines.durations import Duration

_MINUTE_MS = 60_000


def _database_name(name: str) -> str:
    if not name.replace("_", "").isalnum():
        raise ValueError(f"{name!r} is no database name: letters, digits and _")
    return name


class WarehouseConfig(BaseModel):
    """[warehouse]: `embedded` is a folder of the data folder, `server` a ClickHouse server over its native protocol."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["embedded", "server"] = "embedded"
    host: str | None = None
    port: int | None = Field(None, ge=1, le=65_535)
    database: Annotated[str, AfterValidator(_database_name)] = "default"
    user: str = "default"
    password_env: str | None = None
    password_file: Path | None = None
    secure: bool = False
    ca: Path | None = None
    verify: bool = True
    query_timeout: Duration = 10 * _MINUTE_MS

    @model_validator(mode="after")
    def _fits_its_kind(self) -> "WarehouseConfig":
        if self.kind == "server" and not self.host:
            raise ValueError('kind = "server" needs a host')
        given = [name for name, field in type(self).model_fields.items() if getattr(self, name) != field.default]
        if self.kind == "embedded" and given:
            raise ValueError(f'{", ".join(given)}: only with kind = "server"')
        if self.password_env and self.password_file:
            raise ValueError("password_env or password_file, not both")
        if not self.secure and (self.ca or not self.verify):
            raise ValueError("ca and verify: only with secure = true")
        return self

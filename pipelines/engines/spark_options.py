"""The options of spark-submit that people know, as Spark's settings. What a setting means is Spark's."""

from collections.abc import Sequence

from schemas import ConfigError

_SETTING_OF = {
    "--master": "spark.master",
    "--name": "spark.app.name",
    "--py-files": "spark.submit.pyFiles",
    "--jars": "spark.jars",
    "--packages": "spark.jars.packages",
    "--files": "spark.files",
    "--archives": "spark.archives",
    "--driver-memory": "spark.driver.memory",
    "--executor-memory": "spark.executor.memory",
    "--executor-cores": "spark.executor.cores",
    "--num-executors": "spark.executor.instances",
    "--total-executor-cores": "spark.cores.max",
    "--queue": "spark.yarn.queue",
}
_CONF = "--conf"


def settings_of(options: Sequence[str]) -> dict[str, str]:
    """Settings by name; ConfigError for an option that is not known, or lacks its value."""
    settings: dict[str, str] = {}
    left = iter(options)
    for word in left:
        option, is_joined, value = word.partition("=")
        if option not in _SETTING_OF and option != _CONF:
            known = ", ".join([_CONF, *_SETTING_OF])
            raise ConfigError(f"engine spark: no option {option}", f"take one of {known}; or start it by spark-submit")
        if not is_joined:
            value = next(left, "")
        name, value = value.partition("=")[::2] if option == _CONF else (_SETTING_OF[option], value)
        if not name or not value:
            raise ConfigError(f"engine spark: {option} lacks its value", "write --conf NAME=VALUE, --master URL")
        settings[name] = value
    return settings

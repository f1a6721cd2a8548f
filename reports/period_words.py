"""The words of a period's page that the page of a day does not have, in both languages."""

from reports.words import Language, Text, word

_WORDS: dict[str, Text] = {
    "period_report": Text("时期报告", "Period report"),
    "days_of": Text("{0} 天，其中 {1} 天有数据", "{0} trading days, {1} of them counted"),
    "missing": Text("无数据", "not loaded"),
    "other-limits": Text("按其他界限统计", "counted by other limits"),
    "left_out_days": Text("以下各日不在合计之内", "These days are in no total"),
    "provisional_days": Text("以下各日仍为暂定", "These days are still provisional"),
    "limits_cure": Text(
        "这些日子按口径的其他界限统计；重跑后计入。", "Their definition had other limits; run them again to count them."
    ),
    "visitor_days_note": Text("每日不同设备数之和，不是不同的人", "each day's devices added, not different people"),
    "a_day": Text("平均每日 {0}", "{0} a day"),
    "mean_visit": Text("平均停留 {0} 分", "mean visit {0} min"),
    "members_seen": Text("会员（不同的人）", "Members as people"),
    "members_times": Text("人均 {0} 天", "{0} days each"),
    "new_card": Text("新会员", "New members"),
    "loyal_card": Text("忠诚会员", "Loyal members"),
    "of_members": Text("占会员 {0}", "{0} of members"),
    "days_chart": Text("每日到访数；周末颜色较浅", "Visits a day; weekends are lighter"),
    "runs": Text("日期与批次", "Days and runs"),
    "runs_meaning": Text(
        "合计由这些批次而来；同一快照编号即同一批数字。",
        "The runs that the totals come from; the same snapshot stands for the same numbers.",
    ),
    "snapshot": Text("快照", "Snapshot"),
    "not_counted_days": Text("无数据的日子", "days that are not loaded"),
    "state": Text("状态", "State"),
    "run": Text("批次", "Run"),
    "sums_note": Text(
        "各行是各日日报所示数字之和：日报上隐藏的日子不在其中，另列天数。",
        "A row adds up what the pages of its days show; days on which it is hidden are left out and counted beside it.",
    ),
}


def say(key: str, language: Language, *values: str) -> str:
    """As `reports.words.word`, with the words of periods."""
    return _WORDS[key].to(language).format(*values) if key in _WORDS else word(key, language, *values)

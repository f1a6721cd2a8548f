"""Every word of the day report in both languages. Titles and meanings of figures live with their SQL, not here."""

from typing import Literal, NamedTuple

Language = Literal["zh-CN", "en"]
LANGUAGES: tuple[Language, ...] = ("zh-CN", "en")


class Text(NamedTuple):
    """One text in both languages."""

    zh: str
    en: str

    def to(self, language: Language) -> str:
        return self.zh if language == "zh-CN" else self.en


WORDS: dict[str, Text] = {
    # the head of the page
    "report": Text("商圈日报", "Day report"),
    "definition": Text("口径", "Definition"),
    "provisional": Text("暂定", "Provisional"),
    "final": Text("定稿", "Final"),
    "provisional_why": Text(
        "当日尾段尚未结束，晚到的记录仍可能改变数字。",
        "The day's tail has not passed; late records may still change it.",
    ),
    "weekday_before": Text("上周同日", "Same weekday before"),
    "that_day": Text("当日", "This day"),
    "no_before": Text("上周同日无数据", "no data for the weekday before"),
    "trading_day": Text("营业日自 {0} 起", "Trading day from {0}"),
    # the cards
    "visitors": Text("访客", "Visitors"),
    "visits": Text("到访", "Visits"),
    "visits_each": Text("人均 {0} 次", "{0} per visitor"),
    "median_min": Text("停留中位数", "Median dwell"),
    "mean_min": Text("平均停留", "Mean dwell"),
    "short_visits": Text("短暂到访", "Short visits"),
    "short_why": Text("不足 {0} 分钟，不计入访客", "under {0} min, not counted as visitors"),
    "busiest": Text("高峰时段", "Busiest hour"),
    "busiest_at": Text("{0} 台设备在场", "{0} devices present"),
    "random_share": Text("随机 MAC {0}", "{0} random MACs"),
    "minute": Text("分", "min"),
    # sections
    "quality": Text("数据质量", "Data quality"),
    "behind": Text("数据质量明细", "Behind the data quality"),
    "look": Text("需查看", "look"),
    "against_before": Text("较上周同日", "on the weekday before"),
    "leaves_out": Text("不含", "Leaves out"),
    "as_table": Text("以表格查看", "Show as a table"),
    "shown_of": Text("列出 {0} / {1} 行，其余见 CSV 与 Excel", "{0} of {1} rows; all are in the CSV and Excel files"),
    "nothing": Text("当日没有可列出的数据。", "Nothing to show for this day."),
    "hidden_note": Text(
        "{0}：不足 {1} 人，或为防止反推而一并隐藏。",
        "{0}: fewer than {1} people, or hidden so that such a cell cannot be worked out.",
    ),
    "no_plan": Text(
        "zones.csv 未给出区域的位置，无法绘制平面图。", "zones.csv gives no positions, so there is no plan to draw."
    ),
    "page_made": Text("生成", "Made"),
    # sections that have their own words beside the figure's
    "plan": Text("商圈平面图", "District plan"),
    "plan_meaning": Text(
        "各区域按访客停留总小时着色，各层同一色阶；白色区域无人停留或已隐藏。",
        "Zones shaded by the hours that visitors spent there, one scale for all floors; a white zone had nobody in it, "
        "or is hidden.",
    ),
    "dwell_hours": Text("停留总小时", "Hours of dwell"),
    "floors": Text("楼层 {0}", "Floors {0}"),
    "by_minutes": Text("按停留分钟的到访数", "Visits by minutes of dwell"),
    "pairs": Text("共同客群最多的场所", "Pairs with most visitors in common"),
    "pairs_meaning": Text(
        "提升度 = 共同访客 × 全部访客 ÷ (甲访客 × 乙访客)；1 表示互不相关，大于 1 表示常被一起光顾。",
        "Lift = both x all visitors / (one's x the other's): 1 means the two have nothing to do with each other, more "
        "that people like to visit both.",
    ),
    "visitors_of": Text("该场所的访客", "Of the visitors of"),
    "also_in": Text("也去了（%）", "so many percent were also in"),
    # what was restated
    "restated": Text("重述：变动与原因", "Restated: what moved and why"),
    "restated_why": Text(
        "{1} 的重跑改变了已发布的数字。原因：{0}。",
        "The run of {1} changed figures that had been published. Why: {0}.",
    ),
    "restated_leaves_out": Text("未变动的数字", "figures that did not move"),
    "shown_of_restated": Text(
        "列出 {0} / {1} 行，其余见 restatements 下的 CSV", "{0} of {1} rows; all are in the CSV under restatements"
    ),
    "figure": Text("指标", "Figure"),
    "row": Text("行", "Row"),
    "column": Text("列", "Column"),
    "old": Text("原值", "Was"),
    "new": Text("新值", "Is"),
    "difference": Text("差", "Difference"),
    # column heads and axes
    "site": Text("场所", "Site"),
    "zone": Text("区域", "Zone"),
    "other": Text("另一场所", "Other site"),
    "from_site": Text("离开场所", "From site"),
    "to_site": Text("前往场所", "To site"),
    "from_zone": Text("离开区域", "From zone"),
    "to_zone": Text("前往区域", "To zone"),
    "which": Text("日期", "Day"),
    "hour": Text("时段", "Hour"),
    "band": Text("停留分段", "Dwell band"),
    "engagement": Text("投入", "Engagement"),
    "bounce": Text("跳出", "bounce"),
    "engaged": Text("投入", "engaged"),
    "fully-engaged": Text("深度投入", "fully engaged"),
    "bin_min": Text("停留自（分）", "Dwell from (min)"),
    "counted": Text("计入", "Counted"),
    "kind": Text("类别", "Kind"),
    "item": Text("项目", "Item"),
    "status": Text("结果", "Status"),
    "reason": Text("原因", "Reason"),
    "records": Text("记录数", "Records"),
    "value": Text("数值", "Value"),
    "of": Text("总数", "Of"),
    "stays": Text("逗留次数", "Stays"),
    "minutes": Text("停留总分钟", "Minutes"),
    "median_minutes": Text("中位数（分）", "Median (min)"),
    "moves": Text("移动次数", "Moves"),
    "both": Text("两处都去", "In both"),
    "share": Text("占比", "Share"),
    "share_of_site": Text("占前者", "Of the site"),
    "share_of_other": Text("占后者", "Of the other"),
    "lift": Text("提升度", "Lift"),
    "devices": Text("在场设备", "Devices present"),
    "mean_present": Text("平均在场", "Mean present"),
    "peak": Text("分钟峰值", "Peak minute"),
    "aps": Text("有上报的 AP", "APs heard"),
    "yes": Text("是", "yes"),
    "no": Text("否", "no"),
    "short": Text("短暂到访", "Short visits"),
    # the strip
    "read": Text("读取记录", "Records read"),
    "kept": Text("采用", "Kept"),
    "rejected": Text("拒绝", "Refused"),
    "repeat": Text("重复", "Repeats"),
    "ignored": Text("忽略", "Ignored"),
    "late": Text("迟到", "Late"),
    "outside": Text("窗口外", "Outside the window"),
    "other-day": Text("属于他日", "Other day"),
    "too-late": Text("过迟", "Too late"),
    "opted-out": Text("已退出", "Opted out"),
    "own-device": Text("自有设备", "Own devices"),
    "uncovered": Text("未覆盖", "Uncovered"),
    "late_visits": Text("迟到的到访", "Late visits"),
    "split": Text("被拆分的到访", "Split visits"),
    "cut": Text("被截断的到访", "Cut visits"),
    "static": Text("固定设备", "Static devices"),
    "staff": Text("员工", "Staff"),
    "random": Text("随机 MAC", "Random MACs"),
    "smaller_class": Text("较小一类的设备", "Devices of the smaller class"),
    "random_of": Text("占可判别到访", "of visits whose kind is known"),
    "heard": Text("有上报的 AP", "APs heard"),
    "usual": Text("通常有上报的 AP", "APs that usually speak"),
    "share_covered": Text("覆盖率", "Coverage"),
    "hours_not_covered": Text("未覆盖的场所时段", "Site-hours not covered"),
    "hours_not_covered_of": Text("不足九成 AP 有声", "fewer than 9 in 10 APs spoke"),
    "up_to": Text("约至多 {0}：部分时段未覆盖", "about {0} at most: some hours were not covered"),
    "passers_by": Text("经过", "Passers-by"),
    "connected": Text("连接", "Connected"),
    "share_captured": Text("进店率", "Capture rate"),
    "whole": Text("全部", "all"),
    "at_least": Text("至少", "At least"),
    "at_most": Text("约至多", "About at most"),
    "heard_aps": Text("AP 覆盖", "AP coverage"),
    "heard_of": Text("{0} / {1} 台有上报", "{0} of {1} heard"),
    "heard_before": Text("上周同日有上报的 AP", "APs heard the weekday before"),
    "unknown_aps": Text("未登记 AP", "Unknown APs"),
    "gap_hours": Text("AP 断续小时", "Silent AP-hours"),
    "gap_of": Text("首末次上报之间共 {0}", "of {0} between first and last report"),
    "flaps": Text("合并的抖动", "Flaps folded"),
    "clocks": Text("时钟", "Clocks"),
    "known_clocks": Text("{0} 有据", "{0} known"),
    "clocks_moved": Text("占记录；校正 {0} 个时钟，至多 {1} 秒", "of sightings; {0} corrected, by {1} s at most"),
    "no_clock_known": Text("对时钟一无所知，时间为原样", "nothing is known of any clock: times are as stamped"),
    "corrected": Text("时钟已校正", "Clock corrected"),
    "found_right": Text("时钟准确", "Clock found right"),
    "as_stamped": Text("原样", "As stamped"),
    "clocks_corrected": Text("校正的时钟", "Clocks corrected"),
    "largest_offset_s": Text("最大偏差（秒）", "Largest offset, s"),
    # columns and kinds of a period
    "date": Text("日期", "Date"),
    "visitor_days": Text("访客日", "Visitor-days"),
    "hours": Text("停留小时", "Hours present"),
    "days_left_out": Text("未计入的日数", "Days left out"),
    "members": Text("会员", "Members"),
    "member_days": Text("会员日", "Member-days"),
    "newcomer": Text("新会员", "New"),
    "returning": Text("回访会员", "Returning"),
    "loyal": Text("忠诚", "Loyal"),
    "again": Text("再来", "Again"),
    "once": Text("一次", "Once"),
    # why a record ended as it did
    "unmatched-leave": Text("无配对的离开", "unmatched leave"),
    "overheard": Text("另有接入点信号更强", "another access point heard it louder"),
    "weak-signal": Text("信号过弱", "weak signal"),
    "nas-restart": Text("NAS 重启", "restart of a NAS"),
    "refused-association": Text("关联被拒", "refused association"),
    "no-place": Text("无地点", "no place"),
    "roamed-away": Text("已漫游离开", "roamed away"),
    "header": Text("表头", "header"),
    "blank": Text("空行", "blank"),
    "authenticated-only": Text("仅认证", "authenticated only"),
    "other-message": Text("其他消息", "other message"),
    "other-program": Text("其他程序", "other program"),
    "other-kind": Text("其他类型", "other kind"),
    "no-observation": Text("无观测", "no observation"),
    "bad-checksum": Text("校验和错误", "wrong checksum"),
    "radio-change": Text("仅换频段", "radio change"),
    "bad-time": Text("时间无效", "bad time"),
    "bad-address": Text("地址无效", "bad address"),
    "no-address": Text("无地址", "no address"),
    "bad-json": Text("JSON 无效", "bad JSON"),
    "bad-signal": Text("信号值无效", "bad signal"),
    "bad-kind": Text("类型无效", "bad kind"),
    "bad-encoding": Text("编码无效", "bad encoding"),
    "missing-field": Text("缺字段", "missing field"),
    "no-ap": Text("无 AP", "no AP"),
    "line-too-long": Text("行过长", "line too long"),
    "truncated": Text("行不完整", "truncated"),
    "not-the-format": Text("格式不符", "not the format"),
    "of_visits": Text("占到访 {0}", "{0} of visits"),
    "of_records": Text("占读取 {0}", "{0} of read"),
}

WEEKDAYS = (
    Text("星期一", "Monday"),
    Text("星期二", "Tuesday"),
    Text("星期三", "Wednesday"),
    Text("星期四", "Thursday"),
    Text("星期五", "Friday"),
    Text("星期六", "Saturday"),
    Text("星期日", "Sunday"),
)


def word(key: str, language: Language, *values: str) -> str:
    """The words of `key`, with `values` in their places; an unknown key raises KeyError (it is our bug)."""
    return WORDS[key].to(language).format(*values)

"""The harbour district on paper: blocks, floors, trades and names. `town` turns it into zones and access points.

A plan in metres, x to the right and y up, 1000 by 620: streets of 30 m around six blocks. The floors of a mall lie
beside one another as strips of its block, the lowest first, so that the whole district can be drawn on one sheet.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Trade:
    """What a zone sells or is: its name in Chinese and English, and its kind of place."""

    zh: str
    en: str
    kind: str


TRADES: dict[str, Trade] = {
    "hall": Trade("中庭", "Hall", "hall"),
    "market": Trade("超市", "Supermarket", "shop"),
    "bakery": Trade("面包", "Bakery", "food"),
    "noodles": Trade("面馆", "Noodles", "food"),
    "coffee": Trade("咖啡", "Coffee", "food"),
    "dining": Trade("餐饮", "Dining", "food"),
    "hotpot": Trade("火锅", "Hot Pot", "food"),
    "sushi": Trade("寿司", "Sushi", "food"),
    "tea": Trade("茶饮", "Tea", "food"),
    "women": Trade("女装", "Womenswear", "shop"),
    "men": Trade("男装", "Menswear", "shop"),
    "kids": Trade("童装", "Kids", "shop"),
    "shoes": Trade("鞋履", "Shoes", "shop"),
    "bags": Trade("箱包", "Bags", "shop"),
    "beauty": Trade("美妆", "Beauty", "shop"),
    "watches": Trade("钟表", "Watches", "shop"),
    "gold": Trade("金饰", "Jewellery", "shop"),
    "sport": Trade("运动", "Sport", "shop"),
    "phones": Trade("数码", "Electronics", "shop"),
    "toys": Trade("玩具", "Toys", "shop"),
    "books": Trade("书店", "Books", "shop"),
    "home": Trade("家居", "Home", "shop"),
    "optics": Trade("眼镜", "Optics", "shop"),
    "cinema": Trade("影院", "Cinema", "cinema"),
    "gym": Trade("健身", "Gym", "shop"),
    "fish": Trade("水产", "Fish", "market"),
    "fruit": Trade("水果", "Fruit", "market"),
    "spices": Trade("干货", "Spices", "market"),
    "flowers": Trade("鲜花", "Flowers", "market"),
    "snacks": Trade("小吃", "Snacks", "food"),
    "crafts": Trade("手作", "Crafts", "market"),
    "bar": Trade("酒吧", "Bar", "bar"),
    "jazz": Trade("爵士", "Jazz Club", "bar"),
    "brewery": Trade("精酿", "Brewery", "bar"),
    "karaoke": Trade("歌厅", "Karaoke", "bar"),
    "court-east": Trade("东苑", "East Court", "home"),
    "court-west": Trade("西苑", "West Court", "home"),
    "tower": Trade("公寓", "Tower", "home"),
    "garden": Trade("花园", "Garden", "street"),
}

# A brand is one of these before its trade: "蓝岸咖啡 Blue Shore Coffee".
BRANDS = (
    ("蓝岸", "Blue Shore"), ("金叶", "Gold Leaf"), ("南风", "South Wind"), ("白鹭", "Egret"), ("青石", "Bluestone"),
    ("云上", "Cloud"), ("小满", "Grain"), ("半山", "Mid Hill"), ("晴川", "Clear River"), ("木棉", "Kapok"),
    ("知味", "Good Taste"), ("长亭", "Pavilion"), ("星野", "Starfield"), ("渡口", "Ferry"), ("四季", "Four Seasons"),
    ("初见", "First Light"), ("山海", "Hill & Sea"),
)  # fmt: skip


@dataclass(frozen=True)
class Block:
    """One building: its site, the feed that reports it, its rectangle, and the trades of each floor, lowest first."""

    site: str
    zh: str
    en: str
    feed: str
    x: float
    y: float
    width: float
    height: float
    floors: tuple[tuple[str, str], ...]


BLOCKS = (
    Block("mall-a", "海港城", "Harbour City", "mall-a", 30, 30, 300, 260, (
        ("B1", "hall market bakery noodles"), ("L1", "hall beauty watches gold coffee"),
        ("L2", "hall women shoes bags tea"), ("L3", "hall kids toys sport home"),
        ("L4", "hall dining hotpot sushi cinema"))),
    Block("mall-b", "翡翠广场", "Jade Plaza", "mall-b", 360, 30, 290, 260, (
        ("L1", "hall beauty gold coffee phones"), ("L2", "hall women men optics tea"),
        ("L3", "hall sport kids books bakery"),
        ("L4", "hall dining hotpot cinema gym"))),
    Block("mall-c", "星光天地", "Starlight", "mall-c", 680, 30, 290, 260, (
        ("L1", "hall phones watches coffee"), ("L2", "hall women shoes beauty"), ("L3", "hall toys books home"),
        ("L4", "hall dining noodles sushi"))),
    Block("mall-d", "百货大楼", "Grand Store", "mall-d", 30, 320, 300, 260, (
        ("L1", "hall beauty gold tea"), ("L2", "hall women bags shoes"), ("L3", "hall men sport home"),
        ("L4", "hall dining hotpot optics"))),
    Block("market-hall", "老街市场", "Market Hall", "market", 360, 320, 290, 260, (
        ("North", "fish fruit spices flowers"), ("South", "hall snacks crafts noodles"))),
    Block("bar-quarter", "酒吧街", "Bar Quarter", "streets", 680, 320, 290, 120, (
        ("Quay", "bar jazz brewery"), ("Lane", "karaoke snacks garden"))),
    Block("courts", "港湾里", "Harbour Courts", "streets", 680, 460, 290, 120, (
        ("Court", "court-east court-west tower"),)),
)  # fmt: skip

# site, Chinese, English, x, y, width, height of the whole street, and its pieces along its length
STREETS = (
    ("harbour-road", "海港路", "Harbour Road", 0, 0, 1000, 30, 4),
    ("pearl-street", "珍珠街", "Pearl Street", 30, 290, 940, 30, 5),
    ("temple-street", "城隍街", "Temple Street", 0, 580, 1000, 40, 4),
    ("west-avenue", "西大道", "West Avenue", 0, 30, 30, 550, 2),
    ("jade-avenue", "翡翠大道", "Jade Avenue", 330, 30, 30, 260, 1),
    ("star-avenue", "星光大道", "Star Avenue", 650, 30, 30, 260, 1),
    ("old-avenue", "老街", "Old Avenue", 330, 320, 30, 260, 1),
    ("quay-avenue", "码头大道", "Quay Avenue", 650, 320, 30, 260, 1),
    ("east-avenue", "东大道", "East Avenue", 970, 30, 30, 550, 2),
)

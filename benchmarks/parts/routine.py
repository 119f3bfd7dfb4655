"""What newspapers print every day in the same words: prayer times, rates, weather, fixtures."""

from __future__ import annotations

import random

_CITIES = ("الرقة", "الموصل", "طرابلس", "القيروان", "المكلا", "أسوان", "العقبة", "سطيف", "صور")
_COUNTRIES = ("تونس", "المغرب", "اليونان", "كينيا", "الأرجنتين", "إندونيسيا", "كوبا", "النرويج")
_PEOPLE = ("سالم الفرات", "ناجي البحر", "كارلوس ميندوزا", "يوهان ليند", "ماريا كوستا", "عمر صالح")
_TEAMS = ("نسور البادية", "الميناء", "أمل الساحل", "شباب الجبل", "النهضة", "الرافدين", "البرق")
_DAYS = ("السبت", "الأحد", "الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة")
_COINS = ("الدولار", "اليورو", "الجنيه", "الين", "الفرنك", "الكرونة")
_OCCASIONS = ("عيد الاستقلال", "ذكرى العيد الوطني", "انتخابه رئيساً", "يوم الجمهورية")

Text = tuple[str, tuple[str, ...]]


def _time(rng: random.Random, hour: int) -> str:
    return f"{hour + rng.randint(-1, 1)}:{rng.randint(0, 59):02}"


def prayer(rng: random.Random) -> Text:
    """The hours of prayer of a town."""
    city, day = rng.choice(_CITIES), rng.choice(_DAYS)
    hours = zip(
        ("الفجر", "الشروق", "الظهر", "العصر", "المغرب", "العشاء"), (4, 6, 12, 3, 6, 8), strict=True
    )
    listed = "، ".join(f"{name} {_time(rng, hour)}" for name, hour in hours)
    return f"مواعيد الأذان {day} في {city}", (
        f"نقدم لقرائنا مواعيد الأذان ليوم {day} في {city} وضواحيها بحسب التوقيت المحلي المعتمد.",
        f"وجاءت المواعيد على النحو الآتي: {listed}.",
        "ويوصي أئمة المساجد بالحرص على صلاة الجماعة والتبكير إلى المسجد، وبقراءة القرآن الكريم.",
    )


def rates(rng: random.Random) -> Text:
    """The prices of currencies."""
    day = rng.choice(_DAYS)
    lines = []
    for coin in rng.sample(_COINS, 5):
        price = rng.randint(900, 9000) / 100
        lines.append(
            f"{coin}: سعر الشراء {price:.2f} وسعر المبيع {price + 0.15:.2f} في سوق الصرافة."
        )
    return f"نشرة الصرف {day}", (
        f"صدرت نشرة الصرف ليوم {day} عن محال الصرافة في العاصمة مع افتتاح التعاملات الصباحية.",
        *lines,
        "وتختلف الأسعار اختلافاً طفيفاً بين محل وآخر بحسب العرض والطلب.",
    )


def forecast(rng: random.Random) -> Text:
    """The weather of some towns."""
    day = rng.choice(_DAYS)
    towns = (
        f"{city}: العظمى {rng.randint(20, 45)} والصغرى {rng.randint(5, 19)}."
        for city in rng.sample(_CITIES, 5)
    )
    return f"النشرة الجوية ليوم {day}", (
        f"تتوقع دائرة الأرصاد أن يكون الجو يوم {day} حاراً نهاراً ولطيفاً ليلاً مع رياح غربية.",
        *towns,
        "وتنبه الدائرة السائقين إلى تدني مدى الرؤية صباحاً وإلى ضرورة التقيد بالسرعات المحددة.",
    )


def fixture(rng: random.Random) -> Text:
    """A match to come."""
    home, guest = rng.sample(_TEAMS, 2)
    return f"توقيت لقاء {home} و{guest} والتشكيلة المنتظرة", (
        f"يستضيف {home} على أرضه مساء {rng.choice(_DAYS)} ضيفه {guest} في لقاء من الدوري المحلي.",
        f"ويبدأ اللقاء عند الساعة {_time(rng, 7)} مساء، وينقل مباشرة على القناة الرياضية الأولى.",
        f"ويدخل {home} اللقاء وفي رصيده {rng.randint(10, 50)} نقطة في المركز {rng.randint(1, 16)}،"
        f" مقابل {rng.randint(10, 50)} نقطة لفريق {guest} صاحب المركز {rng.randint(1, 16)}.",
        "ويأمل الفريقان في حصد نقاط اللقاء الثلاث وإرضاء جماهيرهما التي ينتظر حضورها بكثافة.",
    )


def telegram(rng: random.Random) -> Text:
    """The congratulations of a head of state to another one."""
    country, person, occasion = rng.choice(_COUNTRIES), rng.choice(_PEOPLE), rng.choice(_OCCASIONS)
    return f"برقية تهنئة إلى رئيس {country} بمناسبة {occasion}", (
        f"أرسل رئيس الجمهورية برقية تهنئة إلى السيد {person} رئيس {country} بمناسبة {occasion}.",
        f"وعبر عن أطيب الأمنيات لرئيس {country} بموفور الصحة ولشعب {country} بدوام الرخاء.",
        "كما أشاد بعمق العلاقات التي تجمع البلدين الصديقين وبالحرص على تنميتها في المجالات كافة.",
    )


def exchange(rng: random.Random) -> Text:
    """The close of an exchange."""
    points, day = rng.randint(50000, 99999) / 10, rng.choice(_DAYS)
    way = rng.choice(("مرتفعاً", "متراجعاً"))
    return f"المؤشر العام يقفل {way} عند {points:.0f} نقطة", (
        f"أقفل المؤشر العام تعاملات {day} {way} بنسبة {rng.randint(1, 300) / 100:.2f} في المئة"
        f" عند {points:.1f} نقطة.",
        f"وجرى تداول {rng.randint(50, 300)} مليون سهم عبر {rng.randint(20, 200)} ألف صفقة بقيمة"
        f" {rng.randint(10, 90) / 10:.1f} مليار، وارتفعت أسهم {rng.randint(20, 120)} شركة"
        f" وهبطت أسهم {rng.randint(20, 120)} شركة.",
        "وتصدرت شركات القطاع المصرفي قائمة الأكثر نشاطاً من حيث القيمة والكمية في الجلسة.",
    )


ROUTINES = {
    "prayer": prayer,
    "rates": rates,
    "forecast": forecast,
    "fixture": fixture,
    "telegram": telegram,
    "exchange": exchange,
}

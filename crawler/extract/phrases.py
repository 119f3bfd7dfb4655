"""Lines that a newsroom's software writes around an article, told by their words.

The patterns were checked on real article text, where a line of prose must not be taken for one.
"""

from __future__ import annotations

import re
from functools import lru_cache

LONGEST_NOTICE = 45
"""Words: a longer line is prose, whatever it begins with."""

_SITES = (
    "فيس ?بوك|تويتر|منصة إكس|واتس ?[اآ]ب|تل[يغج]\\S?[غج]?رام|تيل[يغج]\\S?رام|[إا]نست[غج]رام|"
    "يوتيوب|تيك توك|نبض|"
    "[غج]و[غج]ل نيوز|[أا]خبار [غج]و[غج]ل|Google News|"
    "Facebook|Twitter|WhatsApp|Telegram|Instagram|YouTube"
)
_OURS = "قناتنا|صفحتنا|صفحاتنا|حسابنا|موقعنا|تطبيقنا|مجموعتنا|نشرتنا|خدمتنا|قنواتنا"
_ALSO = r"[أا]يض(?:اً?|ًا|ا?)"
_READ = rf"(?:[إا]قر[أؤاء](?:وا?|ي)?|طالع(?:وا)?|شاهد(?:وا)?|قد\s+يهمك(?:م)?|قد\s+يعجبك)\s+{_ALSO}"


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.I)


_LABEL = _any(
    rf"(?:{_READ}|[إا]قر[أا]\s+(?:المزيد|كذلك)|قد\s+يهمك|للمزيد|المزيد(?:\s+من\s+\S+)?)\s*[:：.…!]*",
    r"(?:ال)?(?:[أا]خبار|مواضيع|موضوعات|مقالات|مواد)\s+(?:ال)?(?:ذات\s+صلة|متعلقة|مشابهة|مرتبطة|[أا]خرى)\s*:?",
    r"ذات\s+صلة\s*:?|متعلقات|الأكثر\s+(?:قراءة|مشاهدة|تداولا)|آخر\s+الأخبار|اخترنا\s+لك\S*\s*:?|نرشح\s+لك\S*\s*:?",
    r"Related(?:\s+\w+)?\s*:?|Read\s+(?:also|more)\s*:?",
)
_WHOLE_LINE = _any(
    r"(?:مشارك[ةه]|شارك(?:ها|ه|وا)?)(?:\s+(?:هذا\s+)?(?:الخبر|المقال|الموضوع|الصفحة).{0,40}|\s+(?:على|عبر)\s.{0,30})?",
    r"(?:ال)?رابط(?:\s+\S+){0,2}\s*[:：]?\s*https?://\S+",
    r"طباعة(?:\s+\S+)?|[إا]رسال(?:\s+\S+)?|ارسل\s+\S+|حفظ|اطبع|(?:تم\s+)?نسخ(?:\s+الرابط)?|استمع(?:\s+.{0,30})?",
    r"(?:ال)?رابط\s+(?:ال)?مختصر.{0,60}|تكبير\s+الخط|تصغير\s+الخط|حجم\s+الخط",
    rf"(?:{_SITES})(?:\s*(?:messenger|ماسنجر))?|Share|Tweet|Print|Email|Copy\s+link|Pinterest|LinkedIn",
    r"[\Wـ]*[إا]علانا?ت?[\Wـ]*|Advertisements?|Ads?",
    r"(?:ال)?تعليقا?ت?|\(?\d+\)?\s*تعليق(?:ات)?|لا\s+(?:ي|ت)وجد\s+تعليقات?",
    r"(?:ال)?(?:وسوم|تاجز)\s*(?::.*)?|(?:ال)?كلمات\s+(?:ال)?(?:مفتاحية|دلالية)\s*(?::.*)?|Tags\s*(?::.*)?",
    r"[\W_ـ]+",
)
_OPENING = _any(
    rf"{_READ}\s*\S",
    r"للمزيد\s*:|[إا]قر[أا]\s+(?:المزيد|كذلك|في\s+\S+)\s*:|(?:[أا]خبار|مواضيع)\s+ذات\s+صلة\s*:",
    r"جاري?\s+(?:ال)?تحميل|يتم\s+(?:الآن\s+تحميل|التحميل)|(?:الرجاء|يرجى)\s+(?:الانتظار|تفعيل)|Loading|Please\s+(?:enable|wait)",
    r"(?:هذا\s+)?الموقع\s+يستخدم\s+ملفات|نستخدم\s+ملفات\s+تعريف",
    r"لن\s+ي\S+\s+نشر\s+(?:عنوان\s+)?بريدك|[إا]لغاء\s+الرد|[إا]ضافة\s+تعليق|اكتب\s+تعليق|(?:اترك|[أا]ضف)\s+(?:تعليق|رد)",
    r"يجب\s+(?:أنت\s+)?[أا]ن\s+تكون\s+مسجل|شاركنا\s+(?:ب?رأيك|تعليقك)",
    r"(?:جميع\s+|كافة\s+|©\s*)?(?:ال)?حقوق\s+(?:النشر\s+)?محفوظة|©|All\s+Rights\s+Res|Copyright|لا\s+مانع\s+من\s+ال[إا]قتباس",
    r"(?:للاشتراك|اشترك(?:وا|ي)?)\s+(?:الآن|مجانا|معنا|(?:الآن\s+)?في\s+(?:\S+\s+)?(?:ال)?نشر[ةت])|النشرة\s+البريدية",
    r"حمّ?ل(?:وا)?\s+(?:الآن\s+)?تطبيق|(?:ملحوظة|ملاحظة)\s*:\s*مضمون|تنويه\s*:|[إا]خلاء\s+(?:ال)?مسؤولية",
    r"(?:التعليق\s+على|مصدر|تعليق)\s+الصور[ةه]|صور[ةه]\s+[أا]رشيفية|الصور[ةه]\s*:|تصوير\s*:|Getty\s+Images",
    r"(?:ال)?[أا]خبار\s+المنشورة\s+(?:على|في)\s.{0,80}(?:مشتركين|اختصار|موجز)",
    r"[—–-]\s.{2,60}\(@\w{1,30}\)\W*(?:[^\W\d]+\s\d{1,2}\W{1,2}\d{4}|\d[^.]{0,30})?\W*$",
    r"The\s+post\s.*appeared\s+first|ظهرت?\s+(?:المقالة|المقال|الخبر|التدوينة|هذا)\s.*[أا]ولا",
)
_FOLLOW = _any(
    rf"(?:تابعو?نا|تابعو[اه]ا?|تابعي|تابع\s+(?:آخر|أحدث|صفح|قنا|كل)|انضمو?ا?\s|لمتابع[ةت]\S*|للمتابعة|"
    rf"اشترك(?:وا|ي)?\s|يمكنكم\s+متابع|زوروا?\s|للانضمام).{{0,90}}(?:{_SITES}|{_OURS}|تطبيق)",
)
_DISCLAIMER = _any(
    r"\W*(?:(?:هذه?|جميع|كل|[إا]نّ?|ملاحظة|ملحوظة)\W*\s)*(?:المقالات?|الآراء|المواد|التعليقات|التدوين\w+|الموضوع\w*|المحتوى|ما\s+ينشر)\s"
    r".{0,90}(?:عبّ?ر(?:ان|ون)?\s.{0,25}(?:رأي|آراء|وجهة|وجهات|موقف|سياسة)|غير\s+مسؤول)"
)
# A number alone is no date: «نشر 48 مضخة».
_DAY = r"(?:\d{1,4}\s*[-/.–]\s*\d|\d{1,2}\s+[^\W\d]{3,9}(?:\s+[^\W\d]{3,9})?\s*[،,]?\s*\d{4})"
_ABOUT = _any(
    r"عدد\s+(?:المشاهدات|القراءات|الزيارات|التعليقات)\s*:?\s*\d|(?:تاريخ|وقت)\s+النشر\s*:",
    rf"(?<!\w)نُ?شرت?\s*(?:في|بتاريخ)?\s*:?\s*{_DAY}|آخر\s+تحديث\s*(?:في)?\s*[-:]*\s*\d",
    r"(?:وقت|مدة)\s+القراءة\s*:|\d+\s+(?:مشاهد[ةه]|قراءة|زيارة)\W*$|كود\s+(?:الخبر|المحتوى)|رقم\s+الخبر",
)
_LAST_LINE = _any(
    r"(?:المصدر|المصادر|مصدر\s+الخبر|Source)\s*[:：]\s*\S.{0,60}|(?:المصدر|المصادر)\s*:?|انتهى[\W\d_]*(?:[^\W\d_](?:[\W\d_]+|$)){0,3}"
)
_BYLINE_LABEL = _any(
    r"(?:كتبت?|بقلم|تحرير|[إا]عداد|المصدر|التاريخ|القسم|الكاتب|المحرر|نشر(?:\s+في)?|تاريخ\s+النشر)\s*[:：-]?"
)
AUTHOR = re.compile(
    r"(?:كتب(?:ت|ه|ها)?|كاتب(?:ة)?\s+(?:المقال|الخبر)|بقلم|تحرير|[إا]عداد|حوار|تقرير|الكاتب|المحرر|بواسطة|By)"
    r"(?:\s*[:/：–-]\s*|\s+)(?P<name>[^\d:|/،]{3,50}?)\s*(?:[|/،]|\s[–-]\s|$)"
)
"""A line that names the writer."""


def is_notice(text: str, words: int) -> bool:
    """Whether a line is a share, comment, follow, copyright, loading or caption line, not prose."""
    return words <= LONGEST_NOTICE and len(text) <= LONGEST_NOTICE * 12 and _is_notice(text, words)


# Each reader of a page asks about the same lines.
@lru_cache(maxsize=256)
def _is_notice(text: str, words: int) -> bool:
    return bool(
        _LABEL.fullmatch(text)
        or _WHOLE_LINE.fullmatch(text)
        or _OPENING.match(text)
        or _DISCLAIMER.match(text)
        or (words <= 25 and _FOLLOW.match(text))
        or (words <= 16 and _ABOUT.search(text))
    )


def is_label(text: str) -> bool:
    """Whether the line announces links to other articles."""
    return bool(_LABEL.fullmatch(text))


def is_byline_label(text: str) -> bool:
    """Whether the line is the bare label of an author, a date or a source."""
    return bool(_BYLINE_LABEL.fullmatch(text))


def is_last_line(text: str) -> bool:
    """Whether the line, standing last, tells the source or the end and is no prose."""
    return bool(_LAST_LINE.fullmatch(text))

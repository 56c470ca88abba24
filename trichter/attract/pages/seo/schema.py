"""schema.org data of a page, by its type. Only what the page itself says is in it."""

from datetime import timedelta
from typing import Any

from django.utils.html import strip_tags

from ..frame import Frame

JsonLd = dict[str, Any]


def graph_of(*, page: Any, frame: Frame, url: str, image: str) -> JsonLd:
    """Organisation, way back, and the page."""
    nodes = [_organisation(frame), _page(page, frame=frame, url=url, image=image)]
    if frame.crumbs:
        nodes.append(_crumbs(page, frame=frame, url=url))
    questions = _questions(page)
    if questions and page.schema_type != "FAQPage":
        nodes.append({"@type": "FAQPage", "@id": f"{url}#faq", "mainEntity": questions})
    return {"@context": "https://schema.org", "@graph": nodes}


def _organisation(frame: Frame) -> JsonLd:
    node: JsonLd = {
        "@type": "Organization", "@id": f"{frame.base}/#organisation", "name": frame.name,
        "url": f"{frame.base}/",
    }  # fmt: skip
    look = frame.look
    if look.logo_id and look.logo:
        node["logo"] = f"{frame.base}{look.logo.get_rendition('max-600x600').url}"
    if look.email:
        node["email"] = look.email
    if look.phone:
        node["telephone"] = look.phone
    if look.profiles:
        node["sameAs"] = [str(one) for one in look.profiles]
    return node


def _crumbs(page: Any, *, frame: Frame, url: str) -> JsonLd:
    steps = [(one.label, f"{frame.base}{one.url}") for one in frame.crumbs]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": address}
            for place, (name, address) in enumerate([*steps, (page.title, url)], start=1)
        ],
    }


def _page(page: Any, *, frame: Frame, url: str, image: str) -> JsonLd:
    organisation = {"@id": f"{frame.base}/#organisation"}
    node: JsonLd = {
        "@type": page.schema_type, "@id": f"{url}#page", "url": url, "name": page.title,
        "inLanguage": page.language,
    }  # fmt: skip
    if description := page.search_description or page.summary:
        node["description"] = description
    if image:
        node["image"] = image
    published = page.first_published_at.isoformat() if page.first_published_at else ""
    changed = page.last_published_at.isoformat() if page.last_published_at else published
    author = {"@type": "Person", "name": page.author} if page.author else organisation
    if page.list_kind == "whitepaper":
        node["mainEntity"] = _paper(page, author=author, organisation=organisation, published=published)
    match page.schema_type:
        case "Article":
            node |= {
                "headline": page.title[:110], "publisher": organisation, "mainEntityOfPage": url,
                "author": author,
            }  # fmt: skip
            if published:
                node |= {"datePublished": published, "dateModified": changed}
        case "FAQPage":
            node["mainEntity"] = _questions(page)
        case "VideoObject":
            node |= _video(page, frame=frame, uploaded=published)
        case "PodcastEpisode":
            node |= _episode(page, frame=frame, published=published)
        case "PodcastSeries":
            node |= {"webFeed": f"{url.rstrip('/')}/feed.xml", "publisher": organisation}
        case "Event" if page.starts_at:
            node |= _event(page, organisation=organisation, url=url)
        case "Event":
            node["@type"] = "WebPage"
        case "WebSite":
            node |= {"publisher": organisation}
    return node


def _paper(page: Any, *, author: JsonLd, organisation: JsonLd, published: str) -> JsonLd:
    """What the page offers. The file's address stays out: it is given to those who ask by the form."""
    book = page.kind == "ebook"
    node: JsonLd = {
        "@type": "Book" if book else "DigitalDocument", "name": page.title, "inLanguage": page.language,
        "author": author, "publisher": organisation,
    }  # fmt: skip
    if book:
        node["bookFormat"] = "https://schema.org/EBook"
    if book and page.pages_count:
        node["numberOfPages"] = page.pages_count
    if published:
        node["datePublished"] = published
    return node


def _video(page: Any, *, frame: Frame, uploaded: str) -> JsonLd:
    node: JsonLd = {"uploadDate": uploaded} if uploaded else {}
    if page.file_id and page.file:
        node["contentUrl"] = f"{frame.base}{page.file.file.url}"
    elif page.embed:
        node["embedUrl"] = page.embed
    if page.seconds:
        node["duration"] = duration(page.seconds)
    if page.picture_id and page.picture:
        node["thumbnailUrl"] = f"{frame.base}{page.picture.get_rendition('fill-1200x630|format-jpeg').url}"
    if page.transcript:
        node["transcript"] = page.transcript
    return node


def _episode(page: Any, *, frame: Frame, published: str) -> JsonLd:
    node: JsonLd = {"datePublished": published} if published else {}
    if page.audio_type:
        node["associatedMedia"] = {
            "@type": "MediaObject", "contentUrl": f"{frame.base}{page.audio.file.url}",
            "encodingFormat": page.audio_type,
        }  # fmt: skip
    if page.seconds:
        node["timeRequired"] = duration(page.seconds)
    if page.number:
        node["episodeNumber"] = page.number
    if frame.crumbs:
        series = frame.crumbs[-1]
        node["partOfSeries"] = {
            "@type": "PodcastSeries",
            "name": series.label,
            "url": f"{frame.base}{series.url}",
        }
    return node


def _event(page: Any, *, organisation: JsonLd, url: str) -> JsonLd:
    return {
        "startDate": page.starts_at.isoformat(),
        "endDate": (page.starts_at + timedelta(minutes=page.minutes)).isoformat(),
        "eventAttendanceMode": "https://schema.org/OnlineEventAttendanceMode",
        "eventStatus": "https://schema.org/EventScheduled",
        "location": {"@type": "VirtualLocation", "url": url},
        "organizer": organisation,
    }


def _questions(page: Any) -> list[JsonLd]:
    return [
        {
            "@type": "Question", "name": item["question"],
            "acceptedAnswer": {"@type": "Answer", "text": strip_tags(item["answer"].source).strip()},
        }
        for block in page.body if block.block_type == "faq"
        for item in block.value["items"]
    ]  # fmt: skip


def duration(seconds: int) -> str:
    """ISO 8601: 3725 is PT1H2M5S."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    parts = ((hours, "H"), (minutes, "M"), (left, "S"))
    return "PT" + ("".join(f"{number}{unit}" for number, unit in parts if number) or "0S")

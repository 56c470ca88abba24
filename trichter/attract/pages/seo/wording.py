"""The findings in words: what is wrong, and what to do."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "title_missing": _("The page has no title."),
    "title_short": _("The title has %(detail)s characters. Between 25 and 65 say more in a list of results."),
    "title_long": _("The title has %(detail)s characters. Search engines cut it after about 65."),
    "description_missing": _("The description for search engines is missing. Write one or two sentences."),
    "description_short": _("The description has %(detail)s characters. Use the room: 70 to 160."),
    "description_long": _(
        "The description has %(detail)s characters. Search engines cut it after about 160."
    ),
    "h1_missing": _("The page has no main heading (H1). Add a hero, or give the page a title."),
    "h1_many": _("The page has %(detail)s main headings (H1). Keep one hero and remove the others."),
    "heading_empty": _("A heading (%(detail)s) is empty."),
    "heading_skipped": _("A level of headings is skipped: %(detail)s."),
    "gap": _("The text still has to be filled in: %(detail)s."),
    "alt_missing": _("A picture has no alternative text: %(detail)s. Describe it, or mark it as decorative."),
    "alt_is_file": _("An alternative text is a file name: %(detail)s. Say what can be seen."),
    "image_unsized": _("A picture has no width and height, so the page jumps while loading: %(detail)s."),
    "image_heavy": _("A picture is heavy: %(detail)s. Upload it smaller."),
    "link_empty": _("A link leads nowhere: “%(detail)s”."),
    "link_unnamed": _("A link has no text: %(detail)s."),
    "link_broken": _("An internal link leads to a page that does not exist or is not published: %(detail)s."),
    "anchor_broken": _("A link leads to a place that is not on the page: %(detail)s."),
    "links_none": _("The text links to no other page of the site."),
    "slug_long": _("The address part has %(detail)s characters. Shorter ones are easier to share."),
    "slug_form": _("The address part “%(detail)s” should have small letters, digits and hyphens only."),
    "canonical_missing": _("The canonical address is missing."),
    "language_missing": _("The page does not say its language."),
    "noindex": _("Search engines are asked not to list this page."),
    "social_image_missing": _("There is no picture for social networks."),
    "cta_none": _("The page asks for nothing. Add a button, a call to action or a form."),
    "cta_rivals": _(
        "%(detail)s filled buttons lead to different places. Let one stand out, and outline the others."
    ),
    "text_short": _("The page has %(detail)s words. That seldom answers a question."),
}


def words_of(rule: str, detail: str) -> str:
    """A finding as a sentence; an unknown rule (of an older release) as its key."""
    text = WORDS.get(rule)
    return str(text) % {"detail": detail} if text is not None else f"{rule} {detail}".strip()

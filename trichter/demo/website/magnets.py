"""The demo company's lead magnet: the whitepaper behind its form."""

from django.core.files.base import ContentFile
from wagtail.documents import get_document_model

from trichter.attract.forms.models import Form
from trichter.attract.pages.models import WhitepaperPage
from trichter.engage.magnets.models import Magnet

from .paper import FILE_NAME, PAGES, TITLE, whitepaper


def make_magnets() -> None:
    """The file of the whitepaper's page, and its delivery. Does nothing where there is one already."""
    form = Form.objects.filter(slug="whitepaper").first()
    page = WhitepaperPage.objects.filter(slug="whitepaper").first()
    if form is None or page is None or Magnet.objects.exists():
        return
    document = get_document_model()(title=TITLE)
    document.file.save(FILE_NAME, ContentFile(whitepaper()), save=False)
    document.file_size = document.file.size
    document.save()
    page.file, page.pages_count = document, len(PAGES)
    page.save_revision().publish()
    Magnet.objects.create(name=f"Whitepaper „{TITLE}“", form=form, page=page)

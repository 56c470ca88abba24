"""A file behind a form."""

from django.core.files.base import ContentFile
from wagtail.documents import get_document_model

from trichter.engage.magnets.models import Magnet

CONTENT = b"%PDF-1.4 test"


def make_magnet(form, *, name="Whitepaper", **more):
    document = get_document_model()(title=name)
    document.file.save("paper.pdf", ContentFile(CONTENT), save=False)
    document.file_size = len(CONTENT)
    document.save()
    return Magnet.objects.create(name=name, form=form, document=document, **more)

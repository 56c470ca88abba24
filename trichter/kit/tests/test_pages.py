"""One spelling of each page, whatever address leads to it."""

import pytest

from trichter.kit.pages import page_of_url


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("https://example.com/a/?b=1#c", "/a"),
        ("http://site.test:8093/a", "/a"),
        ("https://example.com", "/"),
        ("https://example.com?next=/b", "/"),
        ("https://example.com#/b", "/"),
        ("https://example.com//x///y", "/x/y"),
        ("/kontakt/?a=https://other.net/b", "/kontakt"),
    ],
)
def test_the_page_of_an_address(address, page):
    assert page_of_url(address) == page

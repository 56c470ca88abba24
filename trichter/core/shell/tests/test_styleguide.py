"""Who sees the style guide."""


def test_administrators_see_every_component(login):
    response = login("admin").get("/app/styleguide/")
    assert response.status_code == 200
    assert "<c-" not in response.content.decode()


def test_others_do_not_see_the_style_guide(login):
    assert login("sales").get("/app/styleguide/").status_code == 403


def test_strangers_are_sent_to_the_log_in_page(client, db):
    response = client.get("/app/styleguide/")
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")

"""The tracker, the collector before Django, and the way of their events into the journal.

Records page.viewed, page.left, link.clicked, file.downloaded, video.progressed, form.started,
form.attempted, form.submitted, web_vitals.measured, custom.happened; follows none.
"""

"""Playbooks: a whole chain, from the first visit to a lead that sales accepts, made in one go.

Makes pages, a form, a download, mails, a journey, proposals and a rule by the actions of their features;
records nothing and follows none. Remembers what it made, shows what is missing and how far people come.
"""

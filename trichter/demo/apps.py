from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "trichter.demo"
    label = "demo"

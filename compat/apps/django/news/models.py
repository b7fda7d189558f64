import uuid

from django.contrib.auth.models import User
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models


class Article(models.Model):
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    title = models.CharField(max_length=200)
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="articles", null=True)
    tags = ArrayField(models.TextField(), default=list)
    data = models.JSONField(default=dict)
    image = models.BinaryField(null=True)
    price = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    shown = DateRangeField(null=True)
    published = models.DateTimeField(null=True)
    views = models.IntegerField(default=0)

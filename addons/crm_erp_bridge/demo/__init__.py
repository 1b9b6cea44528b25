from . import story_supply
from . import crm_demo_story

from . import story_world
from . import crm_demo_story

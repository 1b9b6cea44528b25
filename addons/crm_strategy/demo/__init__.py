from . import story_world
from . import crm_demo_story
from . import story_rivals
from . import crm_demo_plan
from . import crm_demo_need
from . import crm_demo_segment
from . import story_care
from . import crm_demo_customer

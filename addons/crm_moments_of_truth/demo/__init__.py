from . import story_documents
from . import crm_demo_story
from . import crm_demo_rupture
from . import crm_demo_know
from . import crm_demo_case
from . import story_opinions
from . import crm_demo_opinions
from . import crm_demo_hook

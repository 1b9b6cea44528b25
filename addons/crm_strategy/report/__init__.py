from . import crm_competitor_report
from . import crm_campaign_report

"""The contract that every addon of the suite keeps, written once.

An addon inherits it in five lines::

    @tagged("post_install", "-at_install")
    class TestContract(AddonContract, TransactionCase):
        addon = "crm_example"

Each test collects everything it finds before it fails, so that one run names all places to mend.
"""

from .contract_files import FilesContract
from .contract_models import ModelsContract
from .contract_screens import ScreensContract


class AddonContract(ModelsContract, ScreensContract, FilesContract):
    """Everything an addon promises about its models, screens and files.

    :cvar addon: technical name of the addon under test
    :cvar dispatchers: ``(model, field, prefix)`` for each field whose value picks a method
        ``prefix + value`` on the same model
    :cvar daily_work: models that people write every day and whose changes are therefore not in
        the audit log
    :cvar wordless: ``(model, field)`` of texts that hold codes or hashes, never words of a person
    """

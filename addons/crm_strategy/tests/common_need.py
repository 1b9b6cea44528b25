from .common import CrmStrategyCase


class NeedCase(CrmStrategyCase):
    """One analysis of the bakery's needs, with the trace of the worked example.

    By hand, before any code ran::

        needs            functional        technical        commitments
        N1 legal ──────── F1 ────────────── T1 ──────────── C1
           └───────────── F2 ────────────── T2 ──────────── C1
        N2 main ───────── F2
        N3 esteem         (orphan need)
                                            T3 (orphan technical specification)

        specified 2 of 3, reach a commitment 2 of 3, legal covered 1 of 1, orphans N3 and T3

        N1 changes:   N1→F1 and N1→F2 wait; suspect F1, F2, T1, T2, C1; legal covered 0 of 1
        N1→F1 again:  F1, T1 clear; F2, T2, C1 stay (C1 hangs on T2 too); legal covered 1 of 1,
                      since one whole way N1→F1→T1→C1 is approved
        N1→F2 again:  nothing is suspect
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.classes = {
            line.code: line
            for line in cls.env["crm.need.class"].search([("company_id", "=", False)])
        }
        cls.customer = cls._customer(cls.bakery)
        cls.customer.user_id = cls.user_a
        cls.analysis = cls._create_analysis()
        cls.n1 = cls._create_need("Flour dust stays in", "legal", legal_reference="ATEX 2014/34")
        cls.n2 = cls._create_need("Bread at five in the morning", "main")
        cls.n3 = cls._create_need("The master is asked", "esteem")
        cls.f1 = cls._create_spec("functional", verb="Hold back", noun="dust")
        cls.f2 = cls._create_spec("functional", verb="Warn", noun="the baker")
        cls.t1 = cls._create_spec("technical", characteristic="Filter", value="H13")
        cls.t2 = cls._create_spec("technical", characteristic="Alarm", value="80", unit="dB(A)")
        cls.t3 = cls._create_spec("technical", characteristic="Colour", value="white")
        cls.c1 = cls._create_commitment("The filter is changed every year")
        cls.links = cls.env["crm.trace.link"].create(
            [
                {"need_id": cls.n1.id, "functional_id": cls.f1.id},
                {"need_id": cls.n1.id, "functional_id": cls.f2.id},
                {"need_id": cls.n2.id, "functional_id": cls.f2.id},
                {"functional_id": cls.f1.id, "technical_id": cls.t1.id},
                {"functional_id": cls.f2.id, "technical_id": cls.t2.id},
                {"technical_id": cls.t1.id, "commitment_id": cls.c1.id},
                {"technical_id": cls.t2.id, "commitment_id": cls.c1.id},
            ]
        )
        cls._next_transaction()

    @classmethod
    def _next_transaction(cls):
        """What a commit does to the memory of the transaction."""
        cls.env.flush_all()
        cls.env.cr.postcommit.data.clear()

    @classmethod
    def _create_analysis(cls, customer=None, **vals):
        customer = customer or cls.customer
        return cls.env["crm.need.analysis"].create(
            {
                "name": f"Needs of {customer.display_name}",
                "company_id": customer.company_id.id,
                "customer_id": customer.id,
                "user_id": cls.user_a.id,
                **vals,
            }
        )

    @classmethod
    def _create_need(cls, name, code, **vals):
        return cls.env["crm.need"].create(
            {
                "analysis_id": cls.analysis.id,
                "name": name,
                "class_id": cls.classes[code].id,
                "user_id": cls.user_a.id,
                **vals,
            }
        )

    @classmethod
    def _create_spec(cls, kind, **vals):
        return cls.env["crm.specification"].create(
            {"analysis_id": cls.analysis.id, "kind": kind, "user_id": cls.user_a.id, **vals}
        )

    @classmethod
    def _create_commitment(cls, name, **vals):
        return cls.env["crm.commitment"].create(
            {"analysis_id": cls.analysis.id, "name": name, "user_id": cls.user_a.id, **vals}
        )

    def _suspects(self):
        records = [self.f1, self.f2, self.t1, self.t2, self.t3, self.c1]
        names = ("F1", "F2", "T1", "T2", "T3", "C1")
        return [name for name, row in zip(names, records, strict=True) if row.is_suspect]

    def _words(self):
        return [text for _label, text in self.analysis.need_ids._coverage_words()]

//! The kinds of record in a company's books, and what the API demands of each.

/// A kind of record.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::providers::quickbooks) struct Kind {
    /// Its name in JSON, XML and queries; paths have it in lower case.
    pub(in crate::providers::quickbooks) name: &'static str,
    /// What several of them are called in messages.
    pub(super) plural: &'static str,
    /// The member by which one is told from another of its kind, where there is such a name.
    pub(super) called: Option<&'static str>,
    /// Members without which none is made.
    pub(super) required: &'static [&'static str],
    pub(super) nature: Nature,
}

/// What can be done with records of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nature {
    /// There is one, which can be changed.
    Single,
    /// Made and changed, and hidden by `Active`, but never deleted.
    List,
    /// The same, for people and companies, whose name may be given in parts.
    Name,
    /// Made, changed and deleted.
    Transaction,
    /// Read only.
    Fixed,
}

const fn kind(
    name: &'static str,
    plural: &'static str,
    nature: Nature,
    called: Option<&'static str>,
    required: &'static [&'static str],
) -> Kind {
    Kind { name, plural, called, required, nature }
}

/// All kinds. What QuickBooks demands of each comes from its reference; a shorter list than there is would refuse less,
/// never more.
pub(super) static KINDS: [Kind; 28] = {
    use Nature::{Fixed, List, Name, Single, Transaction};
    [
        kind("Account", "Accounts", List, Some("Name"), &["Name", "AccountType"]),
        kind("Bill", "Bills", Transaction, None, &["VendorRef", "Line"]),
        kind("BillPayment", "BillPayments", Transaction, None, &["VendorRef", "TotalAmt", "PayType", "Line"]),
        kind("Class", "Classes", List, Some("Name"), &["Name"]),
        kind("CompanyCurrency", "Currencies", List, Some("Code"), &["Code"]),
        kind("CompanyInfo", "Companies", Single, None, &[]),
        kind("CreditMemo", "CreditMemos", Transaction, None, &["CustomerRef", "Line"]),
        kind("Customer", "Customers", Name, Some("DisplayName"), &[]),
        kind("Department", "Departments", List, Some("Name"), &["Name"]),
        kind("Employee", "Employees", Name, Some("DisplayName"), &[]),
        kind("Estimate", "Estimates", Transaction, None, &["CustomerRef", "Line"]),
        kind("Invoice", "Invoices", Transaction, None, &["CustomerRef", "Line"]),
        kind("Item", "Items", List, Some("Name"), &["Name"]),
        kind("JournalEntry", "JournalEntries", Transaction, None, &["Line"]),
        kind("Payment", "Payments", Transaction, None, &["CustomerRef", "TotalAmt"]),
        kind("PaymentMethod", "PaymentMethods", List, Some("Name"), &["Name"]),
        kind("Preferences", "Preferences", Single, None, &[]),
        kind("Purchase", "Purchases", Transaction, None, &["PaymentType", "AccountRef", "Line"]),
        kind("PurchaseOrder", "PurchaseOrders", Transaction, None, &["VendorRef", "Line"]),
        kind("RefundReceipt", "RefundReceipts", Transaction, None, &["DepositToAccountRef", "Line"]),
        kind("SalesReceipt", "SalesReceipts", Transaction, None, &["Line"]),
        kind("TaxAgency", "TaxAgencies", List, Some("DisplayName"), &["DisplayName"]),
        kind("TaxCode", "TaxCodes", Fixed, Some("Name"), &[]),
        kind("TaxRate", "TaxRates", Fixed, Some("Name"), &[]),
        kind("Term", "Terms", List, Some("Name"), &["Name"]),
        kind("TimeActivity", "TimeActivities", Transaction, None, &["NameOf"]),
        kind("Vendor", "Vendors", Name, Some("DisplayName"), &[]),
        kind("VendorCredit", "VendorCredits", Transaction, None, &["VendorRef", "Line"]),
    ]
};

impl Kind {
    /// The kind that a path segment or a query calls by this name, in any case.
    pub(in crate::providers::quickbooks) fn find(name: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.name.eq_ignore_ascii_case(name))
    }

    /// Whether records can be made and changed at all.
    pub(super) fn is_fixed(&self) -> bool {
        self.nature == Nature::Fixed
    }

    /// The kind that a reference points at by its member's name: `CustomerRef` at a customer.
    pub(super) fn referred_to_by(member: &str) -> Option<&'static Self> {
        let name = match member.strip_suffix("Ref")? {
            "APAccount" | "BankAccount" | "DepositToAccount" | "ExpenseAccount" | "IncomeAccount"
            | "AssetAccount" => "Account",
            "SalesTerm" => "Term",
            // Codes such as NON and TAX stand for no record.
            "TaxCode" => return None,
            other => other,
        };
        Self::find(name)
    }
}

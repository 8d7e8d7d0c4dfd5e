//! What an org says of its kinds of records: the members of a describe result that clients look at.

use serde_json::{Value, json};

use crate::providers::salesforce::object::{
    NAME, OWNER, Object,
    Type::{Date, Flag, Id, Moment, Number, Reference, Text},
};

impl Object {
    /// The kind itself, as it stands in a list.
    pub(super) fn describe(&self, data: &str) -> Value {
        let path = format!("{data}/sobjects/{}", self.name);
        json!({
            "name": self.name,
            "label": self.name,
            "labelPlural": self.plural,
            "keyPrefix": self.prefix,
            "custom": false,
            "createable": true,
            "updateable": true,
            "deletable": !self.is_kept(),
            "queryable": true,
            "urls": { "sobject": path, "describe": format!("{path}/describe"), "rowTemplate": format!("{path}/{{ID}}") },
        })
    }

    /// The same with its fields (inferred from the documentation of the describe result).
    pub(super) fn describe_whole(&self, data: &str) -> Value {
        let mut whole = self.describe(data);
        whole["fields"] = self.fields().map(|name| self.describe_field(name)).collect();
        whole["childRelationships"] = json!([]);
        whole["recordTypeInfos"] = json!([]);
        whole
    }

    fn describe_field(&self, name: &'static str) -> Value {
        let kind = self.type_of(name);
        let (soap_type, length) = match kind {
            Text => ("xsd:string", 255),
            Number => ("xsd:double", 0),
            Flag => ("xsd:boolean", 0),
            Date => ("xsd:date", 0),
            Moment => ("xsd:dateTime", 0),
            Id | Reference => ("tns:ID", 18),
        };
        let is_writable = self.writable(name).is_some();
        let is_required = self.required.contains(&name);
        json!({
            "name": name,
            "label": name,
            "type": kind.name(),
            "soapType": soap_type,
            "length": length,
            "custom": false,
            "createable": is_writable,
            "updateable": is_writable,
            "nillable": is_writable && !is_required && kind != Flag && name != OWNER,
            "defaultedOnCreate": name == OWNER || kind == Flag,
            "nameField": name == NAME,
            "filterable": true,
            "sortable": true,
            "unique": false,
            "picklistValues": [],
            "referenceTo": [],
        })
    }
}

//! The objects of a connector, and those that users define on top of them (3.8).

use serde_json::{Value, json};

use super::{
    connector::{Connector, Object, ObjectKind},
    resources::{Resources, Transformation},
};

/// An object that a call names.
#[derive(Debug)]
pub(crate) struct Resolved<'a> {
    pub(crate) object: &'a Object,
    /// How its records are mapped, if a user defined it.
    pub(crate) transformation: Option<&'a Transformation>,
}

impl Resolved<'_> {
    pub(crate) fn kind(&self) -> ObjectKind {
        if self.transformation.is_some() { ObjectKind::Vdr } else { self.object.kind }
    }
}

/// All objects as `{name, vendorName, type}`. What a user defines hides an object of the same name.
pub(crate) fn entries(connector: &Connector, resources: &Resources) -> Vec<Value> {
    let hidden = |object: &&Object| resources.object(&connector.key, &object.name).is_none();
    let own = connector.service.objects.iter().filter(hidden);
    let own = own.map(|object| entry(&object.name, &object.vendor_name, object.kind));
    let defined = resources.objects(&connector.key);
    own.chain(defined.map(|(name, object)| entry(name, &object.vendor_name, ObjectKind::Vdr))).collect()
}

/// The names alone.
pub(crate) fn names(connector: &Connector, resources: &Resources) -> Vec<Value> {
    entries(connector, resources).into_iter().map(|mut entry| entry["name"].take()).collect()
}

fn entry(name: &str, vendor_name: &str, kind: ObjectKind) -> Value {
    json!({ "name": name, "vendorName": vendor_name, "type": kind })
}

/// The object called `name`. A user's object stands on the vendor's object it is mapped to, and is nothing without.
pub(crate) fn find<'a>(
    connector: &'a Connector,
    resources: &'a Resources,
    name: &str,
) -> Option<Resolved<'a>> {
    let objects = &connector.service.objects;
    if let Some(transformation) = resources.object(&connector.key, name) {
        let mut of_vendor = objects.iter().filter(|object| object.vendor_name == transformation.vendor_name);
        return of_vendor.next().map(|object| Resolved { object, transformation: Some(transformation) });
    }
    let object = objects.iter().find(|object| object.name == name)?;
    Some(Resolved { object, transformation: None })
}

//! The objects of a connector, and those that users define on top of them (3.8).

use serde_json::{Value, json};

use super::{
    address::Meant,
    catalog::printable,
    connector::{Connector, List, Object, ObjectKind},
    error::Error,
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

    /// What the vendor has to be asked for, so that everything that is mapped is in the records of `list`.
    pub(crate) fn fields(&self, list: &List) -> Vec<String> {
        let mapped = self.transformation.iter().flat_map(|transformation| &transformation.fields);
        list.fields_with(mapped.map(|field| field.vendor_path.as_str()))
    }
}

/// An object, and which of its records a path means.
#[derive(Debug)]
pub(crate) struct Located<'a> {
    pub(crate) resolved: Resolved<'a>,
    pub(crate) meant: Meant<'a>,
    /// The object above, when the path says of none of its records whose records are meant.
    pub(crate) above: Option<&'a Object>,
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
) -> Result<Resolved<'a>, Error> {
    let objects = &connector.service.objects;
    let unknown = |kind, name| Error::NothingNamed { kind, name: printable(name) };
    let Some(transformation) = resources.object(&connector.key, name) else {
        let object = objects.iter().find(|object| object.name == name);
        let object = object.ok_or_else(|| unknown("object", name))?;
        return Ok(Resolved { object, transformation: None });
    };
    let object = objects.iter().find(|object| object.vendor_name == transformation.vendor_name);
    let object = object.ok_or_else(|| unknown("vendor object", &transformation.vendor_name))?;
    Ok(Resolved { object, transformation: Some(transformation) })
}

/// The object at a path: by the path of its own, or by its name. An id may follow.
pub(crate) fn locate<'a>(
    connector: &'a Connector,
    resources: &'a Resources,
    segments: &[&'a str],
) -> Result<Located<'a>, Error> {
    let objects = &connector.service.objects;
    let at_path = |length: usize| {
        objects.iter().find_map(|object| {
            let (parent, rest) = object.path.as_ref()?.begins(segments)?;
            let meant = Meant { id: rest.first().copied(), parent, ..Meant::default() };
            (rest.len() == length).then_some((object, meant))
        })
    };
    // A path that says it all comes before one that takes its last name for an id.
    if let Some((object, meant)) = at_path(0).or_else(|| at_path(1)) {
        return Ok(Located { resolved: Resolved { object, transformation: None }, meant, above: None });
    }
    let (name, id) = match segments {
        [name] => (*name, None),
        [name, id] => (*name, Some(*id)),
        _ => return Err(Error::UnknownPath),
    };
    let resolved = find(connector, resources, name)?;
    let above = resolved.object.parent().and_then(|name| objects.iter().find(|above| above.name == name));
    if above.is_some() && id.is_some() {
        return Err(Error::UnknownPath);
    }
    Ok(Located { resolved, meant: Meant { id, ..Meant::default() }, above })
}

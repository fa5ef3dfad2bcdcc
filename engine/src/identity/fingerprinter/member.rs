//! Members of captured values, as far as a member alone counts.

use rquickjs::{Ctx, Function, Object, Value, atom::PredefinedAtom};

use super::Fingerprinter;
use crate::modules::{
    ModuleId,
    functions::{CaptureSource, CapturedName, MemberUse, UnitKind},
};

/// Is what names led to: how many of them count, and the value there.
type Followed<'js> = (usize, Value<'js>);

/// Names a member of a variable of a module: where that is, and the way from there.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct FollowedPath<'a> {
    from: FollowedFrom<'a>,
    member: &'a MemberUse,
}

/// Says where a variable of a module is found.
#[derive(PartialEq, Eq, Hash)]
enum FollowedFrom<'a> {
    /// With a reader of the module.
    Reader(ModuleId, u32),
    /// Among the exports of the module.
    Export(ModuleId, &'a str),
}

/// Looks at the members of values as the language does.
pub(super) struct Members<'js> {
    own_property: Function<'js>,
    object_prototype: Option<Object<'js>>,
}

/// Says what a value has under a name.
enum Member<'js> {
    Value(Value<'js>),
    /// Something that only asking would tell, or that is not its own.
    Unknown,
}

impl<'js> Members<'js> {
    pub(super) fn new(ctx: &Ctx<'js>) -> rquickjs::Result<Self> {
        let object: Object = ctx.globals().get(PredefinedAtom::Object)?;
        Ok(Self {
            own_property: object.get(PredefinedAtom::GetOwnPropertyDescriptor)?,
            object_prototype: Object::new(ctx.clone())?.get_prototype(),
        })
    }

    /// Gives a value whose members can be taken one by one: a namespace, a plain object, an array.
    fn open<'v>(&self, value: &'v Value<'js>) -> Option<&'v Object<'js>> {
        let object = value.as_object()?;
        if value.is_proxy() || value.is_function() {
            return None;
        }
        let prototype = object.get_prototype();
        let is_open = prototype.is_none() || prototype == self.object_prototype || value.is_array();
        is_open.then_some(object)
    }

    fn member(&self, object: &Object<'js>, name: &str) -> rquickjs::Result<Member<'js>> {
        let own: Option<Object> = self.own_property.call((object.clone(), name))?;
        let Some(own) = own else {
            return if object.contains_key(name)? {
                Ok(Member::Unknown)
            } else {
                Ok(Member::Value(Value::new_undefined(object.ctx().clone())))
            };
        };
        if own.contains_key(PredefinedAtom::Value)? {
            Ok(Member::Value(own.get(PredefinedAtom::Value)?))
        } else {
            Ok(Member::Unknown)
        }
    }
}

/// Who calls an export of a module hands over nothing.
fn is_namespace(object: &Object<'_>) -> rquickjs::Result<bool> {
    if object.get_prototype().is_some() {
        return Ok(false);
    }
    let tag: Value = object.get(PredefinedAtom::SymbolToStringTag)?;
    Ok(tag.get::<String>().is_ok_and(|tag| tag == "Module"))
}

impl<'a, 'js> Fingerprinter<'a, 'js> {
    /// Goes from a value to a member of it, as far as the member alone counts. Many functions
    /// of a module use the same member of what it imports.
    pub(super) fn follow(
        &mut self,
        value: &Value<'js>,
        member: &'a MemberUse,
        capture: &'a CapturedName,
        module: ModuleId,
    ) -> rquickjs::Result<Followed<'js>> {
        if !value.is_object() {
            return Ok((0, value.clone()));
        }
        let Some(from) = self.followed_from(capture, module) else {
            return self.find_member(value, member);
        };
        let path = FollowedPath { from, member };
        if let Some(known) = self.followed.get(&path) {
            return Ok(known.clone());
        }
        let is_namespace =
            matches!(&capture.source, CaptureSource::Import { export, .. } if &**export == "*");
        let export = if is_namespace {
            find_export(value, member)?
        } else {
            None
        };
        let found = match export {
            Some(found) => found,
            None => self.find_member(value, member)?,
        };
        self.followed.insert(path, found.clone());
        Ok(found)
    }

    fn followed_from(
        &self,
        capture: &'a CapturedName,
        module: ModuleId,
    ) -> Option<FollowedFrom<'a>> {
        match &capture.source {
            CaptureSource::Module(reader) => Some(FollowedFrom::Reader(module, *reader)),
            CaptureSource::Import { specifier, export } => {
                let target = self.graph.module(module).link(specifier)?;
                Some(FollowedFrom::Export(target, export))
            }
            _ => None,
        }
    }

    /// Follows the names that lead to a member.
    ///
    /// Who calls a member hands over what it is a member of, which counts unless the function
    /// is known to make no use of it.
    fn find_member(
        &mut self,
        value: &Value<'js>,
        member: &MemberUse,
    ) -> rquickjs::Result<Followed<'js>> {
        let mut current = value.clone();
        let last = member.path.len().saturating_sub(1);
        for (index, name) in member.path.iter().enumerate() {
            let members = self.members()?;
            let Some(object) = members.open(&current) else {
                return Ok((index, current));
            };
            let Member::Value(next) = members.member(object, name)? else {
                return Ok((index, current));
            };
            let is_handed_over = member.is_called && index == last && !is_namespace(object)?;
            if is_handed_over && self.may_use_this(&next)? {
                return Ok((index, current));
            }
            current = next;
        }
        Ok((member.path.len(), current))
    }

    fn may_use_this(&mut self, value: &Value<'js>) -> rquickjs::Result<bool> {
        let Some(function) = value.as_function() else {
            return Ok(true);
        };
        let origin = self.origins.find(function)?;
        let unit = origin.and_then(|origin| self.unit(&origin));
        let kind = unit.map(|unit| unit.kind);
        Ok(kind != Some(UnitKind::Function { uses_this: false }))
    }

    fn members(&self) -> rquickjs::Result<&Members<'js>> {
        if let Some(known) = self.members.get() {
            return Ok(known);
        }
        let members = Members::new(&self.ctx)?;
        Ok(self.members.get_or_init(|| members))
    }
}

/// Takes an export from a namespace, as most uses of one do.
fn find_export<'js>(
    namespace: &Value<'js>,
    member: &MemberUse,
) -> rquickjs::Result<Option<Followed<'js>>> {
    let ([export], Some(namespace)) = (member.path.as_slice(), namespace.as_object()) else {
        return Ok(None);
    };
    Ok(Some((1, namespace.get(&**export)?)))
}

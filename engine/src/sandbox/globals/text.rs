//! The native half of `TextEncoder` and `TextDecoder`.

#![expect(
    clippy::needless_pass_by_value,
    reason = "the engine hands its arguments over by value"
)]

use std::cell::RefCell;

use base64::{Engine, prelude::BASE64_STANDARD};
use encoding_rs::{CoderResult, Decoder, DecoderResult, Encoding, REPLACEMENT};
use rquickjs::{Ctx, Exception, Function, Object, Result, TypedArray};

pub(super) fn add_natives(natives: &Object<'_>) -> Result<()> {
    let ctx = natives.ctx();
    natives.set("encode", Function::new(ctx.clone(), encode)?)?;
    natives.set("encodingName", Function::new(ctx.clone(), encoding_name)?)?;
    natives.set("createDecoder", Function::new(ctx.clone(), create_decoder)?)
}

fn encode(ctx: Ctx<'_>, text: String) -> Result<TypedArray<'_, u8>> {
    TypedArray::new_copy(ctx, text)
}

/// Gives the standard's name for a label such as `latin1`, or nothing for an unknown one.
fn encoding_name(label: String) -> Option<String> {
    find_encoding(&label).map(|encoding| encoding.name().to_ascii_lowercase())
}

fn find_encoding(label: &str) -> Option<&'static Encoding> {
    Encoding::for_label(label.as_bytes()).filter(|encoding| *encoding != REPLACEMENT)
}

/// What a decoder does with bytes that are not valid in its encoding.
#[derive(Clone, Copy)]
enum Malformed {
    Replace,
    Fail,
}

/// Makes a function `(base64, last) => text` that decodes one stream of bytes piece by piece.
///
/// The bytes come as base64 because the engine offers no other safe view of them.
fn create_decoder<'js>(
    ctx: Ctx<'js>,
    label: String,
    fatal: bool,
    ignore_bom: bool,
) -> Result<Function<'js>> {
    let encoding = find_encoding(&label)
        .ok_or_else(|| Exception::throw_range(&ctx, &format!("unknown encoding `{label}`")))?;
    let decoder = RefCell::new(if ignore_bom {
        encoding.new_decoder_without_bom_handling()
    } else {
        encoding.new_decoder_with_bom_removal()
    });
    let malformed = if fatal {
        Malformed::Fail
    } else {
        Malformed::Replace
    };
    Function::new(ctx, move |ctx: Ctx<'js>, bytes: String, last: bool| {
        let bytes = BASE64_STANDARD
            .decode(bytes)
            .map_err(|error| Exception::throw_type(&ctx, &error.to_string()))?;
        decode(&mut decoder.borrow_mut(), &bytes, last, malformed).ok_or_else(|| {
            let message = format!("the bytes are not valid {}", encoding.name());
            Exception::throw_type(&ctx, &message)
        })
    })
}

/// Decodes the next piece; gives nothing for malformed bytes that may not be replaced.
fn decode(
    decoder: &mut Decoder,
    mut bytes: &[u8],
    last: bool,
    malformed: Malformed,
) -> Option<String> {
    const SPARE: usize = 16;
    let mut text = String::new();
    loop {
        text.reserve(bytes.len() + SPARE);
        let (finished, read) = match malformed {
            Malformed::Replace => {
                let (result, read, _) = decoder.decode_to_string(bytes, &mut text, last);
                (result == CoderResult::InputEmpty, read)
            }
            Malformed::Fail => {
                let (result, read) =
                    decoder.decode_to_string_without_replacement(bytes, &mut text, last);
                if matches!(result, DecoderResult::Malformed(..)) {
                    return None;
                }
                (result == DecoderResult::InputEmpty, read)
            }
        };
        if finished {
            return Some(text);
        }
        bytes = &bytes[read..];
    }
}

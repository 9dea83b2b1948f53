package live.teavm;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.teavm.model.BasicBlock;
import org.teavm.model.ClassHolder;
import org.teavm.model.ClassHolderTransformer;
import org.teavm.model.ClassHolderTransformerContext;
import org.teavm.model.Instruction;
import org.teavm.model.InvokeDynamicInstruction;
import org.teavm.model.MethodHandle;
import org.teavm.model.MethodHolder;
import org.teavm.model.MethodReference;
import org.teavm.model.Program;
import org.teavm.model.RuntimeConstant;
import org.teavm.model.Variable;
import org.teavm.model.instructions.InvocationType;
import org.teavm.model.instructions.InvokeInstruction;
import org.teavm.model.instructions.NullConstantInstruction;
import org.teavm.model.instructions.RaiseInstruction;
import org.teavm.vm.spi.TeaVMHost;
import org.teavm.vm.spi.TeaVMPlugin;

/** Puts {@link Substitutes} in the place of what the library calls. */
public final class Plugin implements TeaVMPlugin, ClassHolderTransformer {
    private static final List<String> REPLACED = List.of(
            "java.lang.Math.fma/3",
            "java.lang.Math.rint/1",
            "java.lang.StrictMath.hypot/2",
            "java.lang.StrictMath.log10/1",
            "java.lang.StrictMath.tanh/1",
            "java.lang.StrictMath.sinh/1",
            "java.lang.StrictMath.cosh/1",
            "java.util.Random.nextBoolean/0",
            "java.util.Random.nextInt/1",
            "java.util.stream.IntStream.parallel/0",
            "org.ejml.concurrency.EjmlConcurrency.useConcurrent/1",
            "java.lang.Runtime.availableProcessors/0",
            "java.lang.Runtime.maxMemory/0",
            "java.lang.ModuleLayer.boot/0",
            "java.lang.ModuleLayer.findModule/1");

    private final Map<String, MethodReference> substitutes =
            REPLACED.stream().collect(Collectors.toMap(name -> name, name -> MethodReference.parse(named(name))));

    private static Method named(String replaced) {
        String name = replaced.substring(replaced.lastIndexOf('.') + 1, replaced.lastIndexOf('/'));
        return Arrays.stream(Substitutes.class.getDeclaredMethods())
                .filter(method -> method.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void install(TeaVMHost host) {
        host.add(this);
    }

    @Override
    public void transformClass(ClassHolder type, ClassHolderTransformerContext context) {
        boolean threads =
                type.getName().startsWith("org.ejml.") && type.getName().contains("_MT_");
        for (MethodHolder method : type.getMethods()) {
            if (method.getProgram() != null && threads) {
                method.setProgram(refusal(method.parameterCount()));
            } else if (method.getProgram() != null) {
                if (!type.getName().equals(Substitutes.class.getName())) { // where fma has no time for it
                    Order.keep(method.getProgram());
                }
                for (BasicBlock block : method.getProgram().getBasicBlocks()) {
                    for (Instruction instruction : block) {
                        replace(instruction);
                    }
                }
            }
        }
    }

    /** A body that is never run: of EJML's methods for threads, which {@link Substitutes#useConcurrent} avoids. */
    private static Program refusal(int parameters) {
        Program program = new Program();
        for (int i = 0; i <= parameters; i++) {
            program.createVariable();
        }
        NullConstantInstruction nothing = new NullConstantInstruction();
        nothing.setReceiver(program.createVariable());
        RaiseInstruction raise = new RaiseInstruction();
        raise.setException(nothing.getReceiver());
        BasicBlock body = program.createBasicBlock();
        body.add(nothing);
        body.add(raise);
        return program;
    }

    private void replace(Instruction instruction) {
        if (instruction instanceof InvokeInstruction call) {
            MethodReference method = call.getMethod();
            MethodReference substitute = substitute(method.getClassName(), method.getName(), method.parameterCount());
            if (substitute != null) {
                Stream<Variable> object = Stream.ofNullable(call.getInstance());
                Variable[] arguments =
                        Stream.concat(object, call.getArguments().stream()).toArray(Variable[]::new);
                call.setMethod(substitute);
                call.setType(InvocationType.SPECIAL);
                call.setInstance(null);
                call.setArguments(arguments);
            }
        } else if (instruction instanceof InvokeDynamicInstruction call) { // a method reference: StrictMath::tanh
            call.getBootstrapArguments().replaceAll(argument -> {
                MethodHandle handle =
                        argument.getKind() == RuntimeConstant.METHOD_HANDLE ? argument.getMethodHandle() : null;
                MethodReference substitute = handle == null
                        ? null
                        : substitute(handle.getClassName(), handle.getName(), handle.getArgumentCount());
                return substitute == null ? argument : new RuntimeConstant(MethodHandle.staticCaller(substitute));
            });
        }
    }

    private MethodReference substitute(String type, String name, int parameters) {
        return substitutes.get(type + "." + name + "/" + parameters);
    }
}
